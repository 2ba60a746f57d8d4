package io.airbox.flasher.watch;

import io.airbox.flasher.Finding;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.plan.FlashPlan;
import io.airbox.flasher.watch.ConsoleEvent.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows a flash by the bytes of the console. It may be asked at any time; it never sends
 * anything. What it says depends on the bytes and, for silence and the time that remains, on the
 * clock; not on how the bytes were cut into pieces.
 */
public final class FlashWatcher {
  private static final Duration SLOW = Duration.ofSeconds(20);
  private static final Duration WARNING = Duration.ofMinutes(1);

  /** The type of the board of an AirBox. */
  private static final long AIRBOX = 142;

  /** The vendor's log buffer; a saved log of this length was cut. */
  private static final long LOG_FULL = 8191;

  private static final Pattern PROMPT = Pattern.compile("(?:bm1684#|sophon#|=>) *");

  private static final int QUOTED = 200;
  private static final int LONGEST_NAME = 64;
  private static final Set<String> NEEDED =
      Set.of("load", "fatload", "unzip", "mmc", "source", "test", "sf");
  private static final Set<String> OTHER_CHIPS = Set.of("bm1682", "bm1684", "bm1686", "bm1688");

  private final @Nullable FlashPlan plan;
  private final List<Finding> defects;
  private final boolean checked;
  private final InstantSource clock;
  private final ConsoleLines console = new ConsoleLines();
  private final ConsoleGrammar grammar = new ConsoleGrammar();
  private final Map<Notice, Remark> remarks = new EnumMap<>(Notice.class);
  private final Pace pace = new Pace();

  private Stage stage = Stage.IDLE;
  private long lines;
  private long bytes;
  private Instant lastByte;
  private Instant stepBegan;
  private long loadedBytes;
  private @Nullable FlashRun run;
  private int attempts;
  private boolean again;
  private long failedBlock = -1;
  private String bootLoader = "";
  private long board = -1;
  private @Nullable Evidence trouble;

  /** What the boot loader did since the box was started. */
  private BootAttempt boot = new BootAttempt();

  private FlashWatcher(
      @Nullable FlashPlan plan, List<Finding> defects, boolean checked, InstantSource clock) {
    this.plan = plan;
    this.defects = defects;
    this.checked = checked;
    this.clock = clock;
    lastByte = clock.instant();
    stepBegan = lastByte;
  }

  /** Holds what the box does to a package; one that is defective cannot have been flashed well. */
  public static FlashWatcher of(CardPackage card, InstantSource clock) {
    List<Finding> defects = card.findings().stream().filter(Finding::error).toList();
    return new FlashWatcher(
        card.plan(), defects, card.depth() == CardPackage.Depth.EVERYTHING, clock);
  }

  /** Holds what the box does to the plan of a package that is known to be whole. */
  public static FlashWatcher of(FlashPlan plan, InstantSource clock) {
    return new FlashWatcher(plan, List.of(), true, clock);
  }

  /** Follows a flash by its lines alone. */
  public static FlashWatcher withoutPlan(InstantSource clock) {
    return new FlashWatcher(null, List.of(), true, clock);
  }

  /** Takes bytes of the console, however they are cut. */
  public void accept(byte[] buffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return;
    }
    lastByte = clock.instant();
    bytes += length;
    console.accept(buffer, offset, length, this::line);
    tail();
  }

  /** The stream has ended: a line that is not finished counts as it is. */
  public void end() {
    console.finish(this::line);
  }

  /** Some lines end with an answer only: a prompt, a countdown, a write that goes on. */
  private void tail() {
    byte[] tail = console.tail().getBytes(StandardCharsets.ISO_8859_1);
    if (tail.length == 0) {
      return;
    }
    for (ConsoleEvent event : grammar.read(tail, tail.length)) {
      switch (event.kind()) {
        case PROMPT -> stage = Stage.PROMPT;
        case COUNTDOWN -> stage = Stage.COUNTDOWN;
        case LOGIN -> stage = Stage.LOGIN;
        case SHELL -> stage = Stage.SHELL;
        default -> {
          // the rest counts once its line has ended
        }
      }
    }
  }

  /**
   * Whether the boot loader waits for a command, by its prompt at the very end, and no flash is
   * unfinished. Only then may it be sent something.
   */
  public boolean waitsForCommand() {
    return stage == Stage.PROMPT
        && PROMPT.matcher(console.tail()).matches()
        && (run == null || run.isClosed() || run.hasEnded());
  }

  /**
   * What the box said of its card slot since it came to its prompt. A command that asks for the
   * second MMC device makes it say so.
   */
  public CardSlot cardSlot() {
    return boot.slot;
  }

  private void line(byte[] line, int length) {
    lines++;
    List<ConsoleEvent> events = grammar.read(line, length);
    if (events.isEmpty()) {
      return;
    }
    console.understood();
    Evidence evidence = new Evidence(lines, quote(line, length));
    for (ConsoleEvent event : events) {
      take(event, evidence);
    }
  }

  private static String quote(byte[] line, int length) {
    StringBuilder text = new StringBuilder(Math.min(length, QUOTED));
    for (int i = 0; i < length && i < QUOTED; i++) {
      int each = line[i] & 0xFF;
      text.append(each < 0x7F ? (char) each : '\u00B7');
    }
    return text.toString().strip();
  }

  private void take(ConsoleEvent event, Evidence evidence) {
    switch (event.kind()) {
      case FIRMWARE, BOARD, BOOT_LOADER, COUNTDOWN, PROMPT, DEVICE, SCANNING, SCRIPT_FOUND ->
          takeBoot(event, evidence);
      case READING, LOADED, UNPACKED, WRITE, WRITTEN -> takeChunk(event, evidence);
      case UPDATE_FIRMWARE -> {
        flashing();
        stage = Stage.FLASH_FIRMWARE;
      }
      case UPDATE_EMMC -> {
        flashing();
        stage = Stage.FLASH_EMMC;
      }
      case FIRMWARE_PROGRESS -> {
        if (run != null && !run.isClosed()) {
          stage = Stage.FLASH_FIRMWARE;
        }
      }
      case FIRMWARE_DONE, FIRMWARE_RESULT -> trouble = null;
      case FIRMWARE_SKIPPED -> remark(Notice.NO_FIRMWARE_IMAGE, evidence);
      case EMMC_DONE -> flashing().ended();
      case ALL_DONE -> {
        flashing().allDone();
        stage = Stage.DONE;
      }
      case REMOVE_CARD -> {
        flashing().ended();
        stage = Stage.DONE;
      }
      case LOG_SAVED -> {
        if (event.first() == LOG_FULL) {
          remark(Notice.LOG_CUT, evidence);
        }
      }
      case RESETTING -> reset(Symptom.RESET_WHILE_FLASHING, evidence);
      case LINUX -> stage = Stage.LINUX;
      case LOGIN -> stage = Stage.LOGIN;
      case SHELL -> stage = Stage.SHELL;
      default -> takeTrouble(event, evidence);
    }
  }

  private void takeBoot(ConsoleEvent event, Evidence evidence) {
    switch (event.kind()) {
      case FIRMWARE -> {
        if (stage != Stage.FIRMWARE) {
          reset(Symptom.RESET_WHILE_FLASHING, evidence);
        }
        stage = Stage.FIRMWARE;
      }
      case BOARD -> {
        board = event.first();
        if (board != AIRBOX) {
          remark(Notice.OTHER_BOARD, evidence);
        }
      }
      case BOOT_LOADER -> {
        if (stage != Stage.FIRMWARE) {
          reset(Symptom.RESET_WHILE_FLASHING, evidence);
        }
        bootLoader = event.text();
        stage = Stage.BOOT_LOADER;
      }
      case COUNTDOWN -> {
        boot.countdown = evidence;
        stage = Stage.COUNTDOWN;
      }
      case PROMPT -> {
        boot.prompt = evidence;
        stage = Stage.PROMPT;
      }
      case DEVICE -> {
        if (boot.prompt == null) {
          boot.searched = true;
        } else if (event.first() == 1) {
          boot.slot = CardSlot.OCCUPIED;
        }
        if (!stage.flashing()) {
          stage = Stage.BOOT_LOADER;
        }
      }
      case SCANNING -> {
        boot.searched = true;
        if (event.first() == 1) {
          boot.card = evidence;
        }
      }
      default -> scriptFound(event.text(), evidence);
    }
  }

  private void scriptFound(String name, Evidence evidence) {
    boot.searched = true;
    if (name.contains("emmc")) {
      boot.fromEmmc = evidence;
      stage = Stage.BOOT_LOADER;
    } else {
      boot.script = true;
      reset(Symptom.RESET_WHILE_FLASHING, evidence);
      begin(true, evidence);
      flashing().script("boot.scr");
      stage = Stage.FLASH_FIRMWARE;
    }
  }

  /** The run that goes on; a new one when there is none. */
  private FlashRun flashing() {
    if (run == null || run.isClosed()) {
      begin(boot.script, new Evidence(lines, ""));
    }
    return Objects.requireNonNull(run);
  }

  private void begin(boolean fromStart, Evidence evidence) {
    if (run != null) {
      again = run.hasEnded() && run.problems().isEmpty();
      remark(Notice.RESTARTED, evidence);
      failedBlock = run.failedBlock();
    }
    attempts++;
    trouble = null;
    run = new FlashRun(plan, fromStart);
  }

  private void reset(Symptom symptom, Evidence evidence) {
    if (run != null && !run.isClosed()) {
      if (!run.hasEnded() && stage != Stage.ERROR_LOOP) {
        run.problem(symptom, run.position(), evidence);
      }
      run.close();
    }
    boolean script = boot.script;
    boot = new BootAttempt();
    boot.script = script && symptom != Symptom.RESET_WHILE_FLASHING;
  }

  private void takeChunk(ConsoleEvent event, Evidence evidence) {
    switch (event.kind()) {
      case READING -> reading(event.text());
      case LOADED -> {
        if (run != null && !run.isClosed()) {
          run.loaded();
          loadedBytes = event.first();
          pace.loaded(loadedBytes, event.second() / 1000.0);
          stepBegan = lastByte;
          goesOn();
        }
      }
      case UNPACKED -> {
        FlashRun now = flashing();
        now.unpacked(event.first(), event.second());
        if (event.first() != event.second()) {
          remark(Notice.DAMAGED_LINE, evidence);
        }
        stage = Stage.FLASH_EMMC;
      }
      case WRITE -> {
        if (run != null && !run.isClosed() && run.beginsAnew(event.first())) {
          reset(Symptom.RESET_WHILE_FLASHING, evidence);
        }
        flashing().write(event.first(), event.second());
        stage = Stage.FLASH_EMMC;
      }
      default -> written(event, evidence);
    }
  }

  private void reading(String name) {
    if (name.endsWith(".gz")) {
      FlashRun now = flashing();
      if (!now.hasEnded()) {
        stage = Stage.FLASH_EMMC;
      }
      now.reading(name);
      stepBegan = lastByte;
    } else if (name.startsWith("boot_spif")) {
      flashing().script(name);
      stage = Stage.FLASH_FIRMWARE;
    } else if (name.startsWith("boot_emmc")) {
      flashing().script(name);
      stage = Stage.FLASH_EMMC;
    }
  }

  private void written(ConsoleEvent event, Evidence evidence) {
    FlashRun now = flashing();
    if (event.text().equals("ERROR")) {
      long block = now.block();
      now.failed(evidence);
      if (block >= 0 && block == failedBlock) {
        now.problem(Symptom.EMMC_DEFECT, "block " + block, evidence);
      }
      return;
    }
    if (!now.written(event.first(), evidence)) {
      remark(Notice.DAMAGED_LINE, evidence);
    }
    pace.written(event.first() * FlashPlan.BLOCK, seconds(stepBegan, lastByte));
    stepBegan = lastByte;
    stage = Stage.FLASH_EMMC;
    goesOn();
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }

  /** What looked like trouble has passed. */
  private void goesOn() {
    if (trouble != null) {
      remark(Notice.CONTROLLER_TROUBLE, trouble);
      trouble = null;
    }
  }

  private void takeTrouble(ConsoleEvent event, Evidence evidence) {
    boolean on = run != null && !run.isClosed() && !run.hasEnded();
    switch (event.kind()) {
      case CHIP -> {
        if (on && OTHER_CHIPS.contains(event.text())) {
          problem(Symptom.OTHER_CHIP, event.text(), evidence);
        }
      }
      case NO_LED -> remark(Notice.NO_LED, evidence);
      case ENVIRONMENT -> remark(Notice.DEFAULT_ENVIRONMENT, evidence);
      case TABLE_MOVED -> remark(Notice.ALTERNATE_TABLE, evidence);
      case FILE_SYSTEM -> remark(Notice.FIRST_BOOT, evidence);
      case NO_CARD, NO_ANSWER -> {
        if (!on) {
          remark(Notice.CARD_ABSENT, evidence);
          if (boot.prompt != null) {
            boot.slot = CardSlot.EMPTY;
          } else if (boot.countdown != null && boot.noCard == null) {
            boot.noCard = evidence;
          }
        } else if (event.kind() == Kind.NO_ANSWER) {
          problem(Symptom.NO_EMMC, "", evidence);
        }
      }
      case LOAD_FAILED -> loadFailed(event.text(), on, evidence);
      case COMMAND_UNKNOWN -> {
        if (on && NEEDED.contains(event.text())) {
          problem(Symptom.COMMAND_UNKNOWN, event.text(), evidence);
        } else {
          remark(Notice.OPTIONAL_COMMAND, evidence);
        }
      }
      case USAGE -> {
        if (on && stage.flashing()) {
          problem(Symptom.COMMAND_UNKNOWN, "", evidence);
        }
      }
      case SCRIPT_FAILED -> scriptFailed(on, evidence);
      case CONTROLLER -> trouble = trouble == null ? evidence : trouble;
      case LOOP -> {
        problem(Objects.requireNonNull(event.symptom()), flashing().position(), evidence);
        stage = Stage.ERROR_LOOP;
      }
      default -> fatal(Objects.requireNonNull(event.symptom()), on, evidence);
    }
  }

  private void fatal(Symptom symptom, boolean on, Evidence evidence) {
    if (on) {
      FlashRun now = Objects.requireNonNull(run);
      String where = symptom == Symptom.SCRIPT_CORRUPT ? now.script() : now.position();
      problem(symptom, where, evidence);
    } else if (symptom == Symptom.SYSTEM_UNBOOTABLE || symptom == Symptom.CRASHED) {
      boot.broken = boot.broken == null ? new Problem(symptom, "", evidence, 1) : boot.broken;
    } else if (boot.card != null && boot.cardBroken == null && !boot.script) {
      boot.cardBroken = new Problem(symptom, "", evidence, 1);
    }
  }

  private void problem(Symptom symptom, String where, Evidence evidence) {
    flashing().problem(symptom, where, evidence);
  }

  private void loadFailed(String name, boolean on, Evidence evidence) {
    boolean over = run != null && !run.isClosed() && run.hasEnded();
    if (over || FlashRun.near(name, "post.scr")) {
      remark(Notice.NO_POST_SCRIPT, evidence);
    } else if (FlashRun.near(name, "spi_flash.bin")) {
      remark(Notice.NO_FIRMWARE_IMAGE, evidence);
    } else if (on) {
      String where = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
      problem(Symptom.FILE_UNREADABLE, where, evidence);
    }
  }

  private void scriptFailed(boolean on, Evidence evidence) {
    if (on) {
      problem(Symptom.SCRIPT_FAILED, "", evidence);
      Objects.requireNonNull(run).close();
    } else if (boot.fromEmmc != null) {
      boot.broken = new Problem(Symptom.SYSTEM_UNBOOTABLE, "", evidence, 1);
    } else if (run != null && run.hasEnded() && !run.isClosed()) {
      remark(Notice.SCRIPT_ENDED, evidence);
    }
    stage = Stage.BOOT_LOADER;
  }

  private void remark(Notice notice, Evidence evidence) {
    remarks.merge(notice, new Remark(notice, evidence, 1), (before, now) -> before.again());
  }

  /** Where the box is. */
  public Stage stage() {
    return stage;
  }

  /** How far it is, now. */
  public FlashProgress progress() {
    Duration silence = Duration.between(lastByte, clock.instant());
    boolean active = run != null && !run.isClosed();
    double fraction = active ? Objects.requireNonNull(run).fraction() : 0;
    return new FlashProgress(
        stage,
        fraction,
        plan == null,
        active && !Objects.requireNonNull(run).hasEnded() ? run.position() : "",
        remaining(fraction),
        silence,
        alarm(silence));
  }

  /** How far each partition is; empty while no flash was seen and there is no plan. */
  public List<PartitionProgress> partitions() {
    return (run == null ? new FlashRun(plan, false) : run).partitions();
  }

  /** Whether the last flash that was seen has come to its end, whatever it wrote. */
  public boolean flashHasEnded() {
    return run != null && run.hasEnded();
  }

  /** Whether a flash was seen to begin. */
  public boolean flashHasBegun() {
    return run != null;
  }

  private Optional<Duration> remaining(double fraction) {
    if (run != null && run.hasEnded()) {
      return Optional.empty();
    }
    if (plan == null || run == null || run.isClosed()) {
      return plan == null || attempts > 0 ? Optional.empty() : Optional.of(plan.estimate());
    }
    if (!pace.known()) {
      return Optional.of(
          Duration.ofMillis(Math.round(plan.estimate().toMillis() * (1 - fraction))));
    }
    long[] left = run.left();
    return Optional.of(Duration.ofMillis(Math.round(1000 * pace.seconds(left[0], left[1]))));
  }

  private FlashProgress.Alarm alarm(Duration silence) {
    if (stage.patience().isEmpty()) {
      return FlashProgress.Alarm.NONE;
    }
    if (silence.compareTo(stage.patience().get()) >= 0) {
      return FlashProgress.Alarm.STALLED;
    }
    if (silence.compareTo(WARNING) >= 0) {
      return FlashProgress.Alarm.WARNING;
    }
    return silence.compareTo(SLOW) >= 0 ? FlashProgress.Alarm.SLOW : FlashProgress.Alarm.NONE;
  }

  /** What is known now. */
  public FlashReport report() {
    Conclusion conclusion = new Conclusion();
    List<Problem> problems = conclusion.problems();
    Verdict verdict = conclusion.verdict(problems);
    return new FlashReport(
        verdict,
        conclusion.reasons(verdict, problems),
        stage,
        problems,
        List.copyOf(remarks.values()),
        run == null ? plannedWrites() : run.writes(),
        plan != null,
        attempts,
        run != null && run.isFromStart(),
        bootLoader,
        board,
        lines,
        bytes);
  }

  private List<SeenWrite> plannedWrites() {
    return new FlashRun(plan, false).writes();
  }

  /** What the boot loader did since the box was started, with the lines that tell it. */
  private static final class BootAttempt {
    private @Nullable Evidence countdown;
    private @Nullable Evidence prompt;
    private @Nullable Evidence noCard;
    private @Nullable Evidence card;
    private @Nullable Evidence fromEmmc;
    private @Nullable Problem broken;
    private @Nullable Problem cardBroken;
    private boolean searched;
    private boolean script;
    private CardSlot slot = CardSlot.UNKNOWN;
  }

  /** The verdict, made anew from what is known now. */
  private final class Conclusion {
    private static final Set<Symptom> NOT_YET_FAILED =
        Set.of(Symptom.RESET_WHILE_FLASHING, Symptom.STARTED_AGAIN, Symptom.SILENCE);

    /** The one that explains the others first. */
    List<Problem> problems() {
      List<Problem> problems = new ArrayList<>(run == null ? List.of() : run.problems());
      if (run != null && run.hasEnded()) {
        for (String partition : run.skipped()) {
          problems.add(
              new Problem(Symptom.PARTITION_SKIPPED, partition, new Evidence(lines, ""), 1));
        }
      } else if (again) {
        problems.add(new Problem(Symptom.STARTED_AGAIN, "", new Evidence(lines, ""), 1));
      }
      if (trouble != null && run != null && !run.hasEnded()) {
        problems.add(new Problem(Symptom.CONTROLLER_STUCK, run.position(), trouble, 1));
      }
      if (run != null) {
        for (Finding defect : defects) {
          Symptom symptom =
              defect.code() == Finding.Code.CHUNK_DAMAGED
                  ? Symptom.CHUNK_DAMAGED
                  : Symptom.PACKAGE_DEFECT;
          problems.add(new Problem(symptom, defect.where(), new Evidence(0, defect.value()), 1));
        }
      }
      if (boot.broken != null) {
        problems.add(boot.broken);
      }
      if (run == null) {
        bootProblems(problems);
      }
      if (alarm(Duration.between(lastByte, clock.instant())) == FlashProgress.Alarm.STALLED
          && stage != Stage.DONE
          && stage != Stage.ERROR_LOOP) {
        problems.add(new Problem(Symptom.SILENCE, stage.text(), new Evidence(lines, ""), 1));
      }
      problems.sort((a, b) -> Boolean.compare(a.symptom().general(), b.symptom().general()));
      return problems;
    }

    private void bootProblems(List<Problem> problems) {
      if (boot.prompt != null && boot.fromEmmc == null) {
        if (boot.cardBroken != null) {
          problems.add(boot.cardBroken);
        } else if (boot.card != null) {
          problems.add(new Problem(Symptom.NO_SCRIPT, "", boot.card, 1));
        } else if (boot.noCard != null) {
          problems.add(new Problem(Symptom.NO_CARD, "", boot.noCard, 1));
        } else if (boot.countdown != null && !boot.searched) {
          problems.add(new Problem(Symptom.BOOT_STOPPED, "", boot.prompt, 1));
        }
      }
      if (console.noisy()) {
        problems.add(new Problem(Symptom.GARBAGE, "", new Evidence(lines, ""), 1));
      }
    }

    Verdict verdict(List<Problem> problems) {
      if (run == null) {
        if (stage == Stage.IDLE) {
          return Verdict.UNKNOWN;
        }
        boolean up = stage == Stage.LINUX || stage == Stage.LOGIN || stage == Stage.SHELL;
        return up && problems.isEmpty() ? Verdict.BOOTED : Verdict.NOT_STARTED;
      }
      if (problems.stream().anyMatch(each -> !NOT_YET_FAILED.contains(each.symptom()))) {
        return Verdict.FAILED;
      }
      if (!run.hasEnded()) {
        return Verdict.INCOMPLETE;
      }
      return doubts(run).isEmpty() ? Verdict.VERIFIED : Verdict.COMPLETED;
    }

    private List<String> doubts(FlashRun ended) {
      List<String> doubts = new ArrayList<>(ended.doubts());
      if (!checked) {
        doubts.add("the package's chunks were not read; a damaged one shows on no line");
      }
      return doubts;
    }

    List<String> reasons(Verdict verdict, List<Problem> problems) {
      List<String> reasons = new ArrayList<>();
      if (verdict == Verdict.COMPLETED) {
        reasons.addAll(doubts(Objects.requireNonNull(run)));
      } else if (verdict == Verdict.INCOMPLETE && problems.isEmpty()) {
        String position = Objects.requireNonNull(run).position();
        reasons.add(
            "what was read ends "
                + (position.isEmpty() ? "before its first chunk" : "at " + position));
      }
      return reasons;
    }
  }
}
