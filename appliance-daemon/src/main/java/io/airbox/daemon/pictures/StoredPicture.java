package io.airbox.daemon.pictures;

import io.airbox.generation.GenerationSettings;
import io.airbox.power.energy.Energy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A kept picture's metadata.
 *
 * @param id {@code <job>-<index>}
 * @param job the job that made it
 * @param owner who asked for it
 * @param created when it was kept
 * @param bytes size of its PNG file
 * @param width pixels
 * @param height pixels
 * @param settings what was really used; {@code seed} is this picture's own
 * @param engine {@code onnx} or {@code bm1684x}
 * @param packDigest SHA-256 of the pack's manifest, hex
 * @param seconds from start to pixels
 * @param energy what the machine took meanwhile; empty when that is not known
 * @param warnings sentences for the person who asked
 */
public record StoredPicture(
    String id,
    String job,
    String owner,
    Instant created,
    long bytes,
    int width,
    int height,
    GenerationSettings settings,
    String engine,
    String packDigest,
    double seconds,
    Optional<Energy> energy,
    List<String> warnings) {
  public StoredPicture {
    warnings = List.copyOf(warnings);
  }
}
