//! The Android Keystore behind Strongroom, through JNI.
