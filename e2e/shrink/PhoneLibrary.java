import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes what R8 takes for the phone's own classes: java PhoneLibrary.java ANDROID_JAR OUTPUT.
 *
 * Android's come from Robolectric, but those packages only that an app with this plugin names: R8 reads them all each time. Java's come from
 * this JDK, without the desktop's, which Android does not have.
 */
class PhoneLibrary {
    static final List<String> MODULES = List.of("java.base", "java.logging", "java.sql", "java.xml");

    static final List<String> PACKAGES =
        Stream.of(
                "", "/animation", "/annotation", "/app", "/content", "/content/pm", "/content/res", "/database", "/graphics",
                "/graphics/drawable", "/hardware/security/keymint", "/net", "/net/http", "/os", "/provider", "/security",
                "/security/keystore2", "/system/keystore2", "/telephony", "/text", "/text/style", "/util", "/view", "/view/animation",
                "/view/inputmethod", "/webkit", "/widget")
            .map(name -> "/android" + name)
            .collect(Collectors.toList());

    public static void main(String[] arguments) throws IOException {
        try (ZipOutputStream library = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[1]))));
            FileSystem android = FileSystems.newFileSystem(Path.of(arguments[0]))) {
            library.setLevel(1);
            FileSystem jdk = FileSystems.getFileSystem(URI.create("jrt:/"));
            for (String module : MODULES) copy(jdk.getPath("/modules/" + module), Integer.MAX_VALUE, library);
            for (String name : PACKAGES) copy(android.getPath(name), 1, android.getPath("/"), library);
            for (String name : List.of("/org/json", "/org/xmlpull")) copy(android.getPath(name), 3, android.getPath("/"), library);
        }
    }

    static void copy(Path folder, int depth, ZipOutputStream library) throws IOException {
        copy(folder, depth, folder, library);
    }

    static void copy(Path folder, int depth, Path root, ZipOutputStream library) throws IOException {
        List<Path> classes;
        try (Stream<Path> files = Files.walk(folder, depth)) {
            classes = files.filter(PhoneLibrary::isClass).collect(Collectors.toList());
        }
        for (Path file : classes) {
            library.putNextEntry(new ZipEntry(root.relativize(file).toString()));
            Files.copy(file, library);
        }
    }

    static boolean isClass(Path file) {
        return file.toString().endsWith(".class") && !file.endsWith("module-info.class");
    }
}
