import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the classes that belong to the phone, for R8: java PhoneLibrary.java OUTPUT ANDROID_JAR APP_JAR...
 *
 * Of Android's classes, which Robolectric has, only those that the app names, and their superclasses: R8 reads all of them each time. Java's come from
 * this JDK, without those of the desktop, which Android does not have.
 */
class PhoneLibrary {
    static final List<String> MODULES = List.of("java.base", "java.logging", "java.sql", "java.xml");
    static final Pattern ANDROID = Pattern.compile("(?:android|com/android|dalvik|org/json|org/xmlpull)/[\\w/$]+");

    public static void main(String[] arguments) throws IOException {
        Deque<String> names = new ArrayDeque<>();
        for (int app = 2; app < arguments.length; app++) {
            try (FileSystem jar = FileSystems.newFileSystem(Path.of(arguments[app]))) {
                for (Path file : classesBelow(jar.getPath("/"))) names.addAll(new Names(file).android());
            }
        }
        try (ZipOutputStream library = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[0]))));
            FileSystem android = FileSystems.newFileSystem(Path.of(arguments[1]))) {
            library.setLevel(1);
            FileSystem jdk = FileSystems.getFileSystem(URI.create("jrt:/"));
            for (String module : MODULES) {
                Path root = jdk.getPath("/modules/" + module);
                for (Path file : classesBelow(root)) add(library, root.relativize(file).toString(), file);
            }
            Set<String> seen = new HashSet<>();
            while (!names.isEmpty()) {
                String name = names.pop();
                Path file = android.getPath("/" + name + ".class");
                if (!seen.add(name) || !Files.exists(file)) continue;
                add(library, name + ".class", file);
                names.addAll(new Names(file).parents);
            }
        }
    }

    static List<Path> classesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                .filter(file -> file.toString().endsWith(".class") && !file.endsWith("module-info.class"))
                .collect(Collectors.toList());
        }
    }

    static void add(ZipOutputStream library, String name, Path file) throws IOException {
        library.putNextEntry(new ZipEntry(name));
        Files.copy(file, library);
    }

    /** The names in a class file. */
    static class Names {
        final List<String> texts = new ArrayList<>();
        final List<String> parents = new ArrayList<>();

        Names(Path file) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)));
            in.skipBytes(8);
            int count = in.readUnsignedShort();
            String[] text = new String[count];
            int[] classes = new int[count];
            for (int index = 1; index < count; index++) {
                int tag = in.readUnsignedByte();
                if (tag == 1) texts.add(text[index] = in.readUTF());
                else if (tag == 7) classes[index] = in.readUnsignedShort();
                else in.skipBytes(tag == 5 || tag == 6 ? 8 : tag == 15 ? 3 : tag == 8 || tag == 16 || tag == 19 || tag == 20 ? 2 : 4);
                // Numbers of eight bytes take two entries.
                if (tag == 5 || tag == 6) index++;
            }
            in.skipBytes(4);
            parents.add(text[classes[in.readUnsignedShort()]]);
            for (int left = in.readUnsignedShort(); left > 0; left--) parents.add(text[classes[in.readUnsignedShort()]]);
        }

        List<String> android() {
            return texts.stream()
                .flatMap(text -> ANDROID.matcher(text).results().map(found -> found.group()))
                .collect(Collectors.toList());
        }
    }
}
