package io.airbox.generation.worker;

import io.airbox.generation.GeneratedPicture;
import io.airbox.generation.GenerationException;
import io.airbox.generation.GenerationException.Reason;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.PackHost;
import io.airbox.generation.image.RgbImage;
import io.airbox.generation.memory.MemoryReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A worker process whose maker does what the prompt says, well or badly. */
public final class FakeWorkerMain {
  private FakeWorkerMain() {}

  public static void main(String... arguments) {
    List<String> list = new ArrayList<>(List.of(arguments));
    if (list.remove("--exit-at-start")) {
      System.err.println("cannot open /dev/bm-sophon0");
      System.exit(9);
    }
    boolean unable = list.remove("--unable");
    boolean mute = list.remove("--mute");
    Path socket = Path.of(list.get(list.indexOf("--socket") + 1));
    WorkerMain.serve(
        socket,
        () -> {
          if (unable) {
            throw new GenerationException(
                Reason.OUT_OF_MEMORY, "the pack needs 2,400 MB and 512 MB are free");
          }
          if (mute) {
            blockForEver();
          }
          return new PictureMakerFactory.Engine("fake", "Fake 1.0", new Maker());
        });
  }

  static GenerationSettings settings(String prompt, int count) {
    return SampleMessages.settings(prompt, count, null);
  }

  private static void blockForEver() {
    while (true) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException ignored) {
        System.err.println("interrupted, which is of no interest here");
      }
    }
  }

  private static final class Maker implements PackHost {
    private final Map<String, Boolean> loaded = new TreeMap<>();
    private @Nullable String retirement;

    @Override
    public void load(String pack) {
      if (pack.equals("huge")) {
        throw new GenerationException(
            Reason.OUT_OF_MEMORY, "pack huge needs 2 GiB, 1 GiB can be had");
      }
      if (pack.equals("deadly-from-the-start") && loaded.isEmpty()) {
        Runtime.getRuntime().halt(134);
      }
      loaded.putIfAbsent(pack, false);
    }

    @Override
    public void unload(String pack) {
      loaded.remove(pack);
    }

    @Override
    public void pin(String pack, boolean pinned) {
      load(pack);
      loaded.put(pack, pinned);
    }

    @Override
    public MemoryReport memory() {
      return SampleMessages.report(loaded);
    }

    @Override
    public Optional<String> retirement() {
      return Optional.ofNullable(retirement);
    }

    @Override
    public List<GeneratedPicture> make(
        GenerationSettings settings,
        @Nullable RgbImage image,
        boolean preview,
        GenerationListener listener)
        throws InterruptedException {
      List<GeneratedPicture> pictures = new ArrayList<>();
      for (int i = 0; i < settings.count(); i++) {
        listener.stage(i, GenerationListener.Stage.TEXT);
        listener.stage(i, GenerationListener.Stage.DENOISING);
        for (int step = 1; step <= settings.steps(); step++) {
          listener.step(i, step, settings.steps(), preview ? SampleMessages.image(2, 2) : null);
          misbehave(settings.prompt());
        }
        listener.stage(i, GenerationListener.Stage.DECODING);
        RgbImage pixels =
            image == null ? SampleMessages.image(settings.width(), settings.height()) : image;
        GeneratedPicture picture = SampleMessages.picture(settings, pixels);
        listener.picture(i, picture);
        pictures.add(picture);
      }
      return pictures;
    }

    private void misbehave(String prompt) throws InterruptedException {
      switch (prompt) {
        case "wait" -> new CountDownLatch(1).await();
        case "hang" -> blockForEver();
        case "crash" -> {
          System.err.println("bmrt: assertion failed at bmruntime.cpp:42");
          Runtime.getRuntime().halt(134);
        }
        case "lose" -> {
          retirement = "the runtime has lost 512 MB";
          throw new GenerationException(Reason.ENGINE_FAULT, "libbmrt refused the file");
        }
        case "nan" -> throw new GenerationException(Reason.ENGINE_FAULT, "unet gave NaN at step 1");
        case "invalid" -> throw GenerationException.invalid("steps", "steps: 3 is out of range");
        case "fault" -> throw new IllegalStateException("nobody foresaw this");
        case "fatal" -> throw new InternalError("the heap is broken");
        case "chatter" -> {
          for (int i = 0; i < 20_000; i++) {
            System.out.println("vendor chatter " + i);
          }
        }
        default -> {}
      }
    }
  }
}
