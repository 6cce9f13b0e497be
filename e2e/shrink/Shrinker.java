import com.android.tools.r8.CompilationFailedException;
import com.android.tools.r8.Diagnostic;
import com.android.tools.r8.DiagnosticsHandler;
import com.android.tools.r8.R8;
import com.android.tools.r8.R8Command;
import com.android.tools.r8.origin.Origin;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs R8 once for each line of the standard input, in one JVM, because most of a first run is the start of the compiler.
 *
 * A line names a file with one option per line. The answer is a line: `ok`, or `failed`; what R8 reports is before it.
 */
public final class Shrinker {

    public static void main(String[] arguments) throws Exception {
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        // What R8 itself prints is not an answer.
        PrintStream answers = System.out;
        System.setOut(System.err);
        DiagnosticsHandler printing = new DiagnosticsHandler() {
            @Override
            public void error(Diagnostic error) {
                answers.println(error.getOrigin() + ": " + error.getDiagnosticMessage());
            }
        };
        for (String file = requests.readLine(); file != null; file = requests.readLine()) {
            String[] options = Files.readAllLines(Path.of(file)).toArray(new String[0]);
            answers.println(shrink(options, printing) ? "ok" : "failed");
        }
    }

    private static boolean shrink(String[] options, DiagnosticsHandler handler) {
        try {
            R8.run(R8Command.parse(options, Origin.root(), handler).build());
            return true;
        } catch (CompilationFailedException failure) {
            return false;
        }
    }
}
