import com.android.manifmerger.ManifestMerger2;
import com.android.manifmerger.ManifestMerger2.Invoker.Feature;
import com.android.manifmerger.ManifestMerger2.MergeType;
import com.android.manifmerger.ManifestSystemProperty;
import com.android.manifmerger.MergingReport;
import com.android.manifmerger.MergingReport.MergedManifestKind;
import com.android.utils.StdLogger;
import com.google.gson.Gson;
import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Merges manifests as the Android Gradle plugin does: first each library's own with the values of its build.gradle, then all of them into
 * that of the app. The merger's own command line takes no namespace.
 *
 * <p>MergeManifests FOLDER APP LIBRARY..., each as namespace,minSdk,targetSdk,file. An archive has its values already, and
 * both numbers empty. Writes FOLDER/namespace.xml for each, and prints what
 * the merger reports, as JSON.
 */
public final class MergeManifests {
    private static final List<Map<String, String>> reported = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        File folder = new File(arguments[0]);
        String[] app = arguments[1].split(",", 4);
        ManifestMerger2.Invoker merger = merger(app, MergeType.APPLICATION)
            .withFeatures(Feature.REMOVE_TOOLS_DECLARATIONS, Feature.ENFORCE_UNIQUE_PACKAGE_NAME);
        merger.setOverride(ManifestSystemProperty.valueOf("VERSION_CODE"), "1");
        merger.setOverride(ManifestSystemProperty.valueOf("VERSION_NAME"), "1.0");
        for (int i = 2; i < arguments.length; i++) {
            String[] library = arguments[i].split(",", 4);
            boolean archived = library[1].isEmpty();
            File processed = archived ? new File(library[3]) : merge(processor(library), folder, library[0]);
            if (processed != null) merger.addLibraryManifest(library[0], processed);
        }
        merge(merger, folder, app[0]);
        System.out.println(new Gson().toJson(reported));
    }

    private static ManifestMerger2.Invoker processor(String[] library) {
        return merger(library, MergeType.LIBRARY).withFeatures(Feature.NO_PLACEHOLDER_REPLACEMENT);
    }

    private static ManifestMerger2.Invoker merger(String[] of, MergeType type) {
        StdLogger quiet = new StdLogger(StdLogger.Level.ERROR);
        return ManifestMerger2.newMerger(new File(of[3]), quiet, type)
            .setNamespace(of[0])
            .setOverride(ManifestSystemProperty.valueOf("PACKAGE"), of[0])
            .setOverride(ManifestSystemProperty.valueOf("MIN_SDK_VERSION"), of[1])
            .setOverride(ManifestSystemProperty.valueOf("TARGET_SDK_VERSION"), of[2]);
    }

    private static File merge(ManifestMerger2.Invoker merger, File folder, String name) throws Exception {
        MergingReport report = merger.merge();
        for (MergingReport.Record record : report.getLoggingRecords())
            reported.add(
                Map.of(
                    "severity", record.getSeverity().name(),
                    "file", record.getSourceLocation().getFile().print(true),
                    "message", record.getMessage()
                )
            );
        String merged = report.getMergedDocument(MergedManifestKind.MERGED);
        if (merged == null) return null;
        File file = new File(folder, name + ".xml");
        Files.writeString(file.toPath(), merged);
        return file;
    }
}
