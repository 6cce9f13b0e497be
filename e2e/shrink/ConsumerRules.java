import com.android.tools.r8.Diagnostic;
import com.android.tools.r8.DiagnosticsHandler;
import com.android.tools.r8.processkeeprules.ProcessKeepRules;
import com.android.tools.r8.processkeeprules.ProcessKeepRulesCommand;
import java.nio.file.Path;
import java.util.List;

/** Lets R8 check rules as those of a library: `ConsumerRules FILE`. Prints the defects, and exits with 1 if there is one. */
public final class ConsumerRules {

    public static void main(String[] arguments) {
        DiagnosticsHandler printing = new DiagnosticsHandler() {
            @Override
            public void error(Diagnostic error) {
                System.out.println(error.getDiagnosticMessage());
            }
        };
        try {
            ProcessKeepRules.run(
                ProcessKeepRulesCommand.builder(printing)
                    .addKeepRuleFiles(List.of(Path.of(arguments[0])))
                    .setLibraryConsumerRuleValidation(true)
                    .build()
            );
        } catch (Exception failure) {
            System.exit(1);
        }
    }
}
