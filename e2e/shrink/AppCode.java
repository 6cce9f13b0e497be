package com.example.app;

import com.getcapacitor.JSArray;
import com.getcapacitor.JSObject;
import com.getcapacitor.Plugin;
import com.getcapacitor.PluginCall;
import com.getcapacitor.PluginMethod;
import com.getcapacitor.annotation.CapacitorPlugin;
import dev.strongroom.capacitor.Strongroom;
import dev.strongroom.ffi.SecureStorage;
import dev.strongroom.ffi.StorageException;

/** The app's own native code, which uses a store without the page. */
@CapacitorPlugin(name = "AppCode")
public class AppCode extends Plugin {
    /** Returns the content of the store, and removes one item. */
    @PluginMethod
    public void take(PluginCall call) {
        new Thread(() -> {
            try (SecureStorage store = Strongroom.open(getContext(), call.getString("store"))) {
                JSObject answer = new JSObject();
                answer.put("keys", new JSArray(store.keys()));
                answer.put("values", new JSArray(store.getMany(store.keys())));
                answer.put("removed", store.remove(call.getString("key")));
                answer.put("left", store.get(call.getString("key")) != null);
                call.resolve(answer);
            } catch (StorageException.Coded failure) {
                call.reject(failure.getDetail(), failure.getCode(), new JSObject().put("retryable", failure.getRetryable()));
            } catch (Throwable failure) {
                call.reject(failure.toString(), failure.getClass().getSimpleName());
            }
        }).start();
    }
}
