package io.airbox.hwtests.bench;

import io.airbox.generation.DiffusionPipeline;
import io.airbox.generation.GeneratedPicture.Timings;
import io.airbox.generation.GenerationListener;
import io.airbox.generation.GenerationRequest;
import io.airbox.generation.GenerationSettings;
import io.airbox.generation.RequestPlanner;
import io.airbox.generation.engine.onnx.OnnxEngine;
import io.airbox.generation.pack.FileVerifier;
import io.airbox.generation.pack.ModelPack;
import io.airbox.generation.pack.PackFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * The pipeline behind a line protocol, so that it can take turns with another program: for each
 * line {@code SEED<tab>PROMPT} on standard input it makes a picture and prints the nanoseconds that
 * it took and those inside the networks.
 *
 * <p>Arguments: {@code PACK_FOLDER THREADS STEPS CFG NATIVES_FOLDER}.
 */
public final class PictureServer {
  private PictureServer() {}

  public static void main(String... arguments) throws IOException, InterruptedException {
    Path folder = Path.of(arguments[0]);
    int threads = Integer.parseInt(arguments[1]);
    int steps = Integer.parseInt(arguments[2]);
    double cfg = Double.parseDouble(arguments[3]);
    Path natives = Files.createDirectories(Path.of(arguments[4]));
    PackFolder packs = PackFolder.open(folder.getParent());
    try (OnnxEngine engine = OnnxEngine.create(new OnnxEngine.Options(threads, natives));
        DiffusionPipeline pipeline =
            new DiffusionPipeline(
                engine, packs, new DiffusionPipeline.Options(natives, new FileVerifier()))) {
      ModelPack pack = packs.defaultPack();
      pipeline.load(pack.manifest().name());
      RequestPlanner planner = new RequestPlanner(engine.id(), new Random(0));
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      out.println("ready");
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int tab = line.indexOf('\t');
        long seed = Long.parseLong(line.substring(0, tab));
        GenerationRequest request =
            new GenerationRequest(
                null,
                null,
                line.substring(tab + 1),
                null,
                null,
                null,
                steps,
                cfg,
                "ddim",
                null,
                seed,
                null,
                null,
                null,
                null,
                false);
        GenerationSettings settings = planner.plan(pack.manifest(), request).settings();
        Timings timings =
            pipeline.make(settings, null, false, GenerationListener.SILENT).get(0).timings();
        out.println(timings.total() + " " + timings.network());
      }
    }
  }
}
