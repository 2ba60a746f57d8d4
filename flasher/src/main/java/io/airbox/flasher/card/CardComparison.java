package io.airbox.flasher.card;

import io.airbox.flasher.Finding;
import io.airbox.flasher.FlashException;
import io.airbox.flasher.plan.CardFile;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.source.FileReads;
import io.airbox.flasher.source.PackageSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds a card to its package, and finds out by whom something is wrong. */
final class CardComparison {
  /** A file's bytes are wrong, whoever changed them. */
  private static final Set<Finding.Code> BYTES =
      EnumSet.of(
          Finding.Code.FILE_UNREADABLE,
          Finding.Code.MD5_MISMATCH,
          Finding.Code.CHUNK_DAMAGED,
          Finding.Code.CHUNK_SHORT,
          Finding.Code.CHUNK_LONG,
          Finding.Code.SCRIPT_DAMAGED,
          Finding.Code.GPT_DAMAGED);

  /** The text of scripts is wrong, for which their CRCs vouch. */
  private static final Set<Finding.Code> TEXTS =
      EnumSet.of(
          Finding.Code.SCRIPT_NOT_CALLED,
          Finding.Code.STEP_INCOMPLETE,
          Finding.Code.NO_WRITES,
          Finding.Code.OTHER_DEVICE,
          Finding.Code.WRITES_OVERLAP,
          Finding.Code.WRITE_OUTSIDE_PARTITION,
          Finding.Code.SIZE_MISMATCH,
          Finding.Code.CHUNK_TOO_LARGE,
          Finding.Code.CHUNK_SEQUENCE);

  /** The card is wrong, whatever the package is. */
  private static final Set<Finding.Code> FORMAT =
      EnumSet.of(Finding.Code.STRAY_BOOT_SCRIPT, Finding.Code.CARD_LAYOUT);

  /** Nothing says what a file should be. */
  private static final Set<Finding.Code> UNTOLD =
      EnumSet.of(Finding.Code.NO_MD5_LIST, Finding.Code.MD5_UNLISTED);

  private final Path target;
  private final CardPackage card;
  private final @Nullable CardPackage wanted;
  private final Map<String, CardFile> there = new HashMap<>();
  private final Map<String, CardFile> source = new LinkedHashMap<>();

  CardComparison(Path target, CardPackage card, @Nullable CardPackage wanted) {
    this.target = target;
    this.card = card;
    this.wanted = wanted;
    card.contents().forEach(file -> there.put(key(file.name()), file));
    if (wanted != null) {
      wanted.contents().forEach(file -> source.put(key(file.name()), file));
    }
  }

  /** FAT does not tell upper and lower case apart. */
  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Why it is not proven that every byte is right. */
  List<String> gaps() {
    if (wanted != null) {
      return List.of();
    }
    Optional<Finding> untold =
        card.findings().stream().filter(finding -> UNTOLD.contains(finding.code())).findFirst();
    return untold
        .map(
            finding ->
                List.of(
                    "nothing tells what the files should be ("
                        + finding.where()
                        + ": "
                        + finding.value()
                        + "); name the package as well"))
        .orElse(List.of());
  }

  /** What is wrong. */
  List<CardFault> faults() {
    Map<String, List<String>> suspects = new LinkedHashMap<>();
    List<CardFault> faults = new ArrayList<>();
    for (Finding finding : card.findings()) {
      if (finding.error() && BYTES.contains(finding.code())) {
        suspects
            .computeIfAbsent(key(finding.where()), name -> new ArrayList<>())
            .add(finding.value());
      } else if (finding.error()) {
        faults.add(new CardFault(blame(finding), finding.where(), finding.value()));
      }
    }
    source.forEach((name, file) -> compare(file, suspects, faults));
    if (!suspects.isEmpty()) {
      Map<String, String> again = readAgain(suspects.keySet());
      suspects.forEach(
          (name, values) -> {
            CardFile file = there.get(name);
            faults.add(
                new CardFault(
                    blame(name, again),
                    file == null ? name : file.name(),
                    String.join("; ", values)));
          });
    }
    return faults;
  }

  private void compare(
      CardFile wanted, Map<String, List<String>> suspects, List<CardFault> faults) {
    String name = key(wanted.name());
    CardFile file = there.get(name);
    if (file == null) {
      if (faults.stream().noneMatch(fault -> key(fault.where()).equals(name))) {
        faults.add(new CardFault(Culprit.CARD, wanted.name(), "it is not on the card"));
      }
    } else if (file.md5() != null && !file.md5().equals(wanted.md5())) {
      suspects
          .computeIfAbsent(name, each -> new ArrayList<>())
          .add(
              file.bytes() == wanted.bytes()
                  ? "its MD5 is " + file.md5() + ", the package's is " + wanted.md5()
                  : "it has " + file.bytes() + " bytes, the package's has " + wanted.bytes());
    }
  }

  private Culprit blame(Finding finding) {
    if (wanted != null) {
      boolean same =
          wanted.findings().stream()
              .anyMatch(
                  each ->
                      each.code() == finding.code()
                          && key(each.where()).equals(key(finding.where())));
      return same ? Culprit.PACKAGE : Culprit.CARD;
    }
    if (FORMAT.contains(finding.code())) {
      return Culprit.CARD;
    }
    return TEXTS.contains(finding.code()) ? Culprit.PACKAGE : Culprit.CARD_OR_PACKAGE;
  }

  private Culprit blame(String name, Map<String, String> again) {
    CardFile file = there.get(name);
    String first = file == null ? null : file.md5();
    String second = again.get(name);
    if (first == null) {
      return second == null ? Culprit.MEDIUM : Culprit.READER;
    }
    if (!first.equals(second)) {
      return Culprit.READER;
    }
    if (wanted != null) {
      CardFile original = source.get(name);
      return original != null && first.equals(original.md5()) ? Culprit.PACKAGE : Culprit.CARD;
    }
    // the package's own list has it so
    return has(Finding.Code.NO_MD5_LIST, "")
            || has(Finding.Code.MD5_UNLISTED, name)
            || has(Finding.Code.MD5_MISMATCH, name)
        ? Culprit.CARD_OR_PACKAGE
        : Culprit.PACKAGE;
  }

  private boolean has(Finding.Code code, String name) {
    return card.findings().stream()
        .anyMatch(
            each -> each.code() == code && (name.isEmpty() || key(each.where()).equals(name)));
  }

  /** MD5 sums of a second reading; none of a file that cannot be read. */
  private Map<String, String> readAgain(Set<String> names) {
    Map<String, String> sums = new HashMap<>();
    String prefix = card.folder().isEmpty() ? "" : card.folder() + "/";
    try {
      PackageSource.open(target, FileReads.fromMedium())
          .visit(
              (path, bytes, content) -> {
                String name = path.startsWith(prefix) ? key(path.substring(prefix.length())) : "";
                if (names.contains(name)) {
                  Optional<String> sum = sum(content);
                  sum.ifPresent(each -> sums.put(name, each));
                }
              });
      return sums;
    } catch (InterruptedIOException e) {
      Thread.currentThread().interrupt();
      throw new FlashException(
          FlashException.Reason.INTERRUPTED, target + ": the reading was interrupted", e);
    } catch (IOException e) {
      return sums;
    }
  }

  private static Optional<String> sum(PackageSource.Content content) throws IOException {
    MessageDigest md5;
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = new DigestInputStream(content.open(), md5)) {
      int count = in.read(buffer);
      while (count >= 0) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("reading was interrupted");
        }
        count = in.read(buffer);
      }
      return Optional.of(HexFormat.of().formatHex(md5.digest()));
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
