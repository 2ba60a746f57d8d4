package io.airbox.sophon.jna;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.airbox.sophon.LibsophonVersion;
import io.airbox.sophon.TpuException;
import io.airbox.sophon.TpuException.Reason;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The two libraries of one installation, loaded. A process loads one: the mapped functions are the
 * process's.
 */
final class Libraries {
  private static final String CURRENT = "opt/sophon/libsophon-current";

  private static @Nullable Libraries loaded;

  private final Path folder;
  private final Optional<LibsophonVersion> version;
  private final Abi abi;
  private final NativeLibrary bmlib;

  private Libraries(Path folder, Optional<LibsophonVersion> version, Abi abi, NativeLibrary bmlib) {
    this.folder = folder;
    this.version = version;
    this.abi = abi;
    this.bmlib = bmlib;
  }

  /** The libraries that the link {@code libsophon-current} names. */
  static Libraries installed(Path root) {
    Path link = root.resolve(CURRENT);
    if (!Files.exists(link)) {
      throw TpuException.of(
          Reason.LIBRARY_MISSING,
          link + " does not exist",
          "install libsophon (sophon-soc-libsophon on a box)");
    }
    Path target;
    try {
      target = link.toRealPath();
    } catch (IOException e) {
      throw TpuException.of(
          Reason.LIBRARY_MISSING, link + " cannot be followed: " + e.getMessage(), "", e);
    }
    Path name = target.getFileName();
    Optional<LibsophonVersion> version =
        name == null ? Optional.empty() : LibsophonVersion.ofFolder(name.toString());
    if (version.isEmpty()) {
      throw TpuException.of(
          Reason.UNSUPPORTED_VERSION,
          link + " leads to " + target + ", which names no version",
          "a folder named as libsophon-0.5.1 is expected");
    }
    return in(target.resolve("lib"), version);
  }

  /** The libraries in a folder; without a version their symbols tell the layout. */
  static synchronized Libraries in(Path folder, Optional<LibsophonVersion> version) {
    if (loaded != null) {
      if (loaded.folder.equals(folder)) {
        return loaded;
      }
      throw TpuException.of(
          Reason.LIBRARY_MISSING,
          "the libraries of " + loaded.folder + " are loaded, those of " + folder + " cannot be",
          "use another process");
    }
    if (Native.POINTER_SIZE != 8) {
      throw TpuException.of(
          Reason.LIBRARY_MISSING, "this is a 32-bit Java", "libsophon needs a 64-bit one");
    }
    NativeLibrary bmlib = open(folder, "libbmlib.so", "libbmlib.so.0");
    NativeLibrary bmrt = open(folder, "libbmrt.so", "libbmrt.so.1.0");
    Abi abi = Abi.of(version, has(bmrt, "bmrt_tensor_ex"), folder.toString());
    bind(Bmlib.class, bmlib, folder);
    bind(Bmrt.class, bmrt, folder);
    loaded = new Libraries(folder, version, abi, bmlib);
    return loaded;
  }

  Path folder() {
    return folder;
  }

  Optional<LibsophonVersion> version() {
    return version;
  }

  Abi abi() {
    return abi;
  }

  /** A function of libbmlib that some releases lack. */
  Optional<Function> optional(String name) {
    return has(bmlib, name) ? Optional.of(bmlib.getFunction(name)) : Optional.empty();
  }

  /** Opens the first of these names that exists. */
  private static NativeLibrary open(Path folder, String... names) {
    for (String name : names) {
      Path file = folder.resolve(name);
      if (!Files.exists(file)) {
        continue;
      }
      if (!Files.isReadable(file)) {
        throw TpuException.of(
            Reason.PERMISSION_DENIED,
            file + " may not be read by this user",
            "give everybody read access to it and its folders");
      }
      try {
        return NativeLibrary.getInstance(file.toString());
      } catch (UnsatisfiedLinkError e) {
        throw TpuException.of(
            Reason.LIBRARY_MISSING,
            file + " does not load: " + e.getMessage(),
            "is it for this machine and complete? ldd tells what it lacks",
            e);
      }
    }
    throw TpuException.of(
        Reason.LIBRARY_MISSING,
        folder + " has no " + names[0],
        "install libsophon (sophon-soc-libsophon on a box)");
  }

  /** Binds every native method, or says which are missing; JNA would name one and bind none. */
  private static void bind(Class<?> functions, NativeLibrary library, Path folder) {
    List<String> missing = new ArrayList<>();
    for (Method method : functions.getDeclaredMethods()) {
      if (Modifier.isNative(method.getModifiers()) && !has(library, method.getName())) {
        missing.add(method.getName());
      }
    }
    if (!missing.isEmpty()) {
      missing.sort(null);
      throw TpuException.of(
          Reason.UNSUPPORTED_VERSION,
          library.getName() + " in " + folder + " lacks " + String.join(", ", missing),
          "known are libsophon 0.4.0 to 0.4.9 and 0.5.x");
    }
    Native.register(functions, library);
  }

  private static boolean has(NativeLibrary library, String symbol) {
    try {
      library.getGlobalVariableAddress(symbol);
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }
}
