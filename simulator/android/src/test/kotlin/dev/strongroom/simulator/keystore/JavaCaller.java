package dev.strongroom.simulator.keystore;

import android.content.Context;
import dev.strongroom.capacitor.Strongroom;
import dev.strongroom.ffi.SecureStorage;
import dev.strongroom.ffi.StorageException;
import dev.strongroom.ffi.StorageItem;
import dev.strongroom.ffi.StoredValue;
import java.util.List;

/** An app's own native code in Java. Half of the test is that this compiles. */
public final class JavaCaller {

    private JavaCaller() {}

    /** Calls every method, and returns the remaining keys. */
    public static List<String> useStore(Context context, String name, long farMs) throws StorageException {
        try (SecureStorage store = Strongroom.open(context, name)) {
            store.clear();
            store.set("a", "1", null);
            store.setMany(List.of(new StorageItem("b", "2", farMs), new StorageItem("gone", "2", 1L)));
            StoredValue created = store.getOrCreate("c", "0", farMs);
            boolean swapped = store.compareAndSet("c", created.getValue(), "3", null);
            long removed = store.removeMany(List.of("a", "absent"));
            boolean isRight = created.getCreated() && swapped && removed == 1 && !store.remove("a");
            if (!isRight || store.get("a") != null || !store.getMany(List.of("c")).equals(List.of("3"))) {
                throw new IllegalStateException("A call has another answer in Java");
            }
            return store.keys();
        }
    }

    /** The example of docs/guide/native-code.md. The tests of the pages compare the two. */
    public static String example(Context context) throws StorageException {
        try (SecureStorage store = Strongroom.open(context)) {
            store.set("a", "1", null);
            return store.get("a");
        }
    }

    /** The code of a call that is refused. */
    public static String codeOfRefusal(Context context) {
        try (SecureStorage store = Strongroom.open(context)) {
            store.set("a", "1", -1L);
            return "none";
        } catch (StorageException failure) {
            return ((StorageException.Coded) failure).getCode();
        }
    }
}
