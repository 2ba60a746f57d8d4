package io.airbox.flasher.watch;

import io.airbox.flasher.plan.FlashPlan;
import io.airbox.flasher.plan.PlannedWrite;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One pass of the flash scripts: the writes that were seen, held to the plan or to each other. */
final class FlashRun {
  private static final Pattern CHUNK = Pattern.compile("(.+)\\.(\\d{1,5})-of-(\\d{1,5})\\.gz");
  private static final int BLOCK = FlashPlan.BLOCK;

  /** Without a plan; more chunks than any package has. */
  private static final int MOST_WRITES = 4096;

  private static final int MOST_PROBLEMS = 64;

  /** So many writes in a row that are not the plan's are no damaged lines. */
  private static final int STRANGE = 3;

  /** How much of a chunk is done once it is loaded, and once it is unpacked. */
  private static final double LOADED = 0.15;

  private static final double UNPACKED = 0.45;

  private final @Nullable FlashPlan plan;
  private final boolean fromStart;
  private final SeenWrite[] planned;
  private final Map<String, Integer> byFile = new HashMap<>();
  private final Map<Long, Integer> byBlock = new HashMap<>();
  private final Map<String, SeenWrite> unplanned = new LinkedHashMap<>();
  private final Map<String, Problem> problems = new LinkedHashMap<>();
  private final Set<String> touched = new HashSet<>();

  private final Set<String> scripts = new HashSet<>();

  /** Planned writes of which a line was seen. */
  private final BitSet known = new BitSet();

  /** After which of them lines of a chunk came that nobody can name; -1: before all. */
  private final Set<Integer> nameless = new HashSet<>();

  private String script = "";
  private String file = "";
  private long unpacked = -1;
  private boolean unpackedSure;
  private boolean loaded;
  private boolean fileDone;

  /** A file's name was read, and its length not yet. */
  private boolean reading;

  private long block = -1;
  private long count = -1;
  private long failedBlock = -1;
  private int current = -1;
  private int last = -1;
  private int strange;
  private boolean strangers;
  private boolean disorder;
  private boolean allDone;
  private boolean ended;
  private boolean closed;

  /** Chunks that were unpacked, and writes that ended well, whatever they were. */
  private int unpackings;

  private int results;

  FlashRun(@Nullable FlashPlan plan, boolean fromStart) {
    this.plan = plan;
    this.fromStart = fromStart;
    planned = new SeenWrite[plan == null ? 0 : plan.writes().size()];
    for (int i = 0; plan != null && i < planned.length; i++) {
      PlannedWrite write = plan.writes().get(i);
      planned[i] =
          new SeenWrite(
              write.partition(),
              write.file(),
              write.firstBlock(),
              write.count(),
              -1,
              SeenWrite.State.UNSEEN);
      byFile.put(write.file(), i);
      byBlock.put(write.firstBlock(), i);
    }
  }

  /** A file is being loaded. */
  void reading(String name) {
    if (!name.endsWith(".gz")) {
      return;
    }
    file = name;
    unpacked = -1;
    loaded = false;
    block = -1;
    count = -1;
    Matcher chunk = CHUNK.matcher(name);
    if (touched.size() < MOST_WRITES) {
      touched.add(chunk.matches() ? chunk.group(1) : name.replace(".gz", ""));
    }
    fileDone = false;
    reading = true;
    named(byFile.get(name));
  }

  /** Lines of a chunk came; which one's is unknown when its name or block is no planned one. */
  private void named(@Nullable Integer index) {
    if (index == null) {
      nameless.add(known.length() - 1);
    } else {
      current = index;
      known.set(index);
    }
  }

  /** A script is being loaded. */
  void script(String name) {
    reading = true;
    script = name;
    if (scripts.size() < MOST_WRITES) {
      scripts.add(name);
    }
  }

  /** The script that was loaded last. */
  String script() {
    return script;
  }

  void loaded() {
    if (!reading) {
      nameless.add(known.length() - 1);
    }
    reading = false;
    loaded = true;
    unpacked = -1; // what was unpacked before was another chunk
  }

  void unpacked(long bytes, long again) {
    unpackings++;
    if (fileDone || !byFile.containsKey(file)) {
      named(null);
    }
    unpacked = bytes;
    unpackedSure = bytes == again;
  }

  /** A write begins. */
  void write(long firstBlock, long blocks) {
    block = firstBlock;
    count = blocks;
    named(byBlock.get(firstBlock));
  }

  /**
   * A write ended well.
   *
   * @return false when the line contradicts the one before, which happens to damaged text alone
   */
  boolean written(long blocks, Evidence evidence) {
    results++;
    fileDone = true;
    boolean sure = blocks == count;
    if (plan == null) {
      writtenUnplanned(sure, evidence);
    } else {
      writtenPlanned(plan, sure, evidence);
    }
    boolean begun = count >= 0;
    unpacked = -1;
    loaded = false;
    block = -1;
    count = -1;
    return sure || !begun;
  }

  private void writtenUnplanned(boolean sure, Evidence evidence) {
    if (block < 0 || unplanned.size() >= MOST_WRITES) {
      return;
    }
    Matcher chunk = CHUNK.matcher(file);
    String partition = chunk.matches() ? chunk.group(1) : file.replace(".gz", "");
    SeenWrite.State state = sure ? SeenWrite.State.WRITTEN : SeenWrite.State.PARTLY_SEEN;
    if (sure && shortBy(count, evidence)) {
      state = SeenWrite.State.WRONG;
    }
    unplanned.put(
        file.isEmpty() ? "block " + block : file,
        new SeenWrite(partition, file, block, count, unpackedSure ? unpacked : -1, state));
  }

  private void writtenPlanned(FlashPlan known, boolean sure, Evidence evidence) {
    Integer atBlock = byBlock.get(block);
    if (!sure || atBlock == null) {
      if (sure) {
        stranger(evidence);
      }
      if (current >= 0 && (atBlock != null || byFile.containsKey(file) || count < 0)) {
        mark(current, SeenWrite.State.PARTLY_SEEN);
      }
      return;
    }
    PlannedWrite write = known.writes().get(atBlock);
    if (write.count() != count) {
      stranger(evidence);
      mark(atBlock, SeenWrite.State.PARTLY_SEEN);
      return;
    }
    strange = 0;
    touched.add(write.partition());
    // else its name was damaged, and the chunk that was unpacked last may be another
    boolean own = atBlock.equals(byFile.get(file));
    if (own && shortBy(count, evidence)) {
      mark(atBlock, SeenWrite.State.WRONG);
    } else {
      boolean whole = unpacked == write.expectedBytes() && unpackedSure;
      mark(atBlock, whole ? SeenWrite.State.WRITTEN : SeenWrite.State.PARTLY_SEEN);
    }
    disorder |= atBlock <= last;
    last = atBlock;
  }

  private void stranger(Evidence evidence) {
    strangers = true;
    Integer index = byFile.get(file);
    boolean lost =
        index != null
            && near(Long.toString(block), Long.toString(planned[index].firstBlock()))
            && count == planned[index].count();
    if (!lost && ++strange >= STRANGE) {
      problem(Symptom.OTHER_PACKAGE, "block " + block, evidence);
    }
  }

  /** Whether a text is another one that lost up to two characters, or none. */
  static boolean near(String text, String whole) {
    if (text.length() > whole.length() || whole.length() - text.length() > 2) {
      return false;
    }
    int at = 0;
    for (int i = 0; i < whole.length() && at < text.length(); i++) {
      if (whole.charAt(i) == text.charAt(at)) {
        at++;
      }
    }
    return at == text.length();
  }

  /** Whether the chunk is known to have filled fewer blocks than were written. */
  private boolean shortBy(long blocks, Evidence evidence) {
    if (unpacked < 0 || !unpackedSure || -Math.floorDiv(-unpacked, BLOCK) >= blocks) {
      return false;
    }
    problem(Symptom.CHUNK_SHORT, file.isEmpty() ? "block " + block : file, evidence);
    return true;
  }

  private void mark(int index, SeenWrite.State state) {
    SeenWrite before = planned[index];
    if (before.state() == SeenWrite.State.WRITTEN && state == SeenWrite.State.PARTLY_SEEN) {
      return;
    }
    planned[index] =
        new SeenWrite(
            before.partition(),
            before.file(),
            before.firstBlock(),
            before.count(),
            unpackedSure ? unpacked : -1,
            state);
  }

  /** A write ended with an error. */
  void failed(Evidence evidence) {
    if (current >= 0) {
      mark(current, SeenWrite.State.WRONG);
    }
    failedBlock = block;
    problem(Symptom.WRITE_FAILED, position(), evidence);
  }

  /** Block of the last write that failed; -1 when none did. */
  long failedBlock() {
    return failedBlock;
  }

  /** Block of the write that is going on; -1 when there is none. */
  long block() {
    return block;
  }

  void problem(Symptom symptom, String where, Evidence evidence) {
    String key = symptom + " " + (symptom.general() ? "" : where);
    Problem before = problems.get(key);
    if (before != null) {
      problems.put(key, before.again());
    } else if (problems.size() < MOST_PROBLEMS) {
      problems.put(key, new Problem(symptom, where, evidence, 1));
    }
  }

  /** The file, else the block, that is worked on. */
  String position() {
    if (!file.isEmpty()) {
      return file;
    }
    if (current >= 0) {
      return planned[current].file();
    }
    return block >= 0 ? "block " + block : "";
  }

  /** Whether nothing but the first write follows the last one, so that it has begun anew. */
  boolean beginsAnew(long firstBlock) {
    Integer index = byBlock.get(firstBlock);
    return index != null && index == 0 && last > 0;
  }

  void allDone() {
    allDone = true;
    ended = true;
  }

  /** Its last lines were seen. */
  void ended() {
    ended = true;
  }

  void close() {
    closed = true;
  }

  boolean isAllDone() {
    return allDone;
  }

  boolean hasEnded() {
    return ended;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isFromStart() {
    return fromStart;
  }

  List<Problem> problems() {
    return List.copyOf(problems.values());
  }

  List<SeenWrite> writes() {
    if (plan == null) {
      return List.copyOf(unplanned.values());
    }
    List<SeenWrite> writes = new ArrayList<>(List.of(planned));
    if (current >= 0 && !ended && writes.get(current).state() == SeenWrite.State.UNSEEN) {
      SeenWrite now = writes.get(current);
      writes.set(
          current,
          new SeenWrite(
              now.partition(),
              now.file(),
              now.firstBlock(),
              now.count(),
              unpackedSure ? unpacked : -1,
              SeenWrite.State.BEGUN));
    }
    return writes;
  }

  /**
   * Partitions of the plan of which no chunk was seen, though what comes before was. A partition of
   * one chunk whose script was seen may have had its few lines damaged; where lines of a chunk came
   * in its place that nobody can name, they may have been its own; and where more chunks were
   * written than the other partitions have, they were.
   */
  List<String> skipped() {
    List<String> skipped = new ArrayList<>();
    boolean before = fromStart;
    int chunks = 0;
    if (plan != null) {
      for (Map.Entry<String, List<PlannedWrite>> each : plan.byPartition().entrySet()) {
        boolean script = scripts.contains(each.getValue().get(0).script());
        if (touched.contains(each.getKey())) {
          before = true;
        } else if (before
            && !(script && each.getValue().size() == 1)
            && !nameless.contains(before(each.getValue().get(0)))) {
          skipped.add(each.getKey());
          chunks += each.getValue().size();
        }
      }
    }
    return Math.max(unpackings, results) > planned.length - chunks ? List.of() : skipped;
  }

  /** The last write before this one of which a line was seen; -1 when there is none. */
  private int before(PlannedWrite write) {
    int index = Objects.requireNonNull(byBlock.get(write.firstBlock()));
    return index == 0 ? -1 : known.previousSetBit(index - 1);
  }

  /** Why a run that came to its end is not verified; empty when it is. */
  List<String> doubts() {
    List<String> doubts = new ArrayList<>();
    if (plan == null) {
      doubts.add("there is no package to compare with");
      doubts.addAll(gaps());
      return doubts;
    }
    long unseen = number(SeenWrite.State.UNSEEN);
    long partly = number(SeenWrite.State.PARTLY_SEEN);
    if (unseen > 0) {
      doubts.add(unseen + " of " + planned.length + " planned writes were not seen");
    }
    if (partly > 0) {
      doubts.add(partly + " of " + planned.length + " planned writes were seen in part");
    }
    if (strangers) {
      doubts.add("a write was seen that is not in the plan");
    }
    if (disorder) {
      doubts.add("writes were not seen in the order of the plan");
    }
    if (!allDone) {
      doubts.add("\"all done\" was not seen");
    }
    return doubts;
  }

  private long number(SeenWrite.State state) {
    long number = 0;
    for (SeenWrite write : planned) {
      number += write.state() == state ? 1 : 0;
    }
    return number;
  }

  /** Chunks that their neighbours' names tell of and that were not seen. */
  private List<String> gaps() {
    Map<String, Integer> seen = new LinkedHashMap<>();
    Map<String, Integer> of = new HashMap<>();
    for (SeenWrite write : unplanned.values()) {
      Matcher chunk = CHUNK.matcher(write.file());
      if (chunk.matches()) {
        seen.merge(chunk.group(1), 1, Integer::sum);
        of.merge(chunk.group(1), Integer.parseInt(chunk.group(3)), Math::max);
      }
    }
    List<String> gaps = new ArrayList<>();
    seen.forEach(
        (partition, number) -> {
          int all = of.getOrDefault(partition, number);
          if (number < all) {
            gaps.add(number + " of " + all + " chunks of " + partition + " were seen");
          }
        });
    return gaps;
  }

  /** How far it is, with the weights of loading, unpacking and writing of a chunk. */
  double fraction() {
    if (ended) {
      return 1;
    }
    if (plan != null) {
      return planFraction(plan, inside());
    }
    return Guess.fraction(file, current(inside()));
  }

  /** How much of the chunk that is worked on is done. */
  private double inside() {
    return count >= 0 || unpacked >= 0 ? UNPACKED : loaded ? LOADED : 0;
  }

  /** How far each partition is, in the order in which they are written. */
  List<PartitionProgress> partitions() {
    Map<String, List<SeenWrite>> groups = new LinkedHashMap<>();
    for (SeenWrite write : writes()) {
      groups.computeIfAbsent(write.partition(), name -> new ArrayList<>()).add(write);
    }
    Matcher chunk = CHUNK.matcher(file);
    if (plan == null && !ended && chunk.matches()) {
      groups.computeIfAbsent(chunk.group(1), name -> new ArrayList<>());
    }
    List<PartitionProgress> partitions = new ArrayList<>();
    int first = 0;
    for (Map.Entry<String, List<SeenWrite>> group : groups.entrySet()) {
      partitions.add(
          plan == null
              ? unplannedPartition(group.getKey(), group.getValue())
              : plannedPartition(group.getKey(), group.getValue(), first));
      first += group.getValue().size();
    }
    return partitions;
  }

  private PartitionProgress plannedPartition(String name, List<SeenWrite> writes, int first) {
    long blocks = writes.stream().mapToLong(SeenWrite::count).sum();
    double done = 0;
    double unseen = 0;
    for (int i = 0; i < writes.size(); i++) {
      SeenWrite write = writes.get(i);
      switch (write.state()) {
        case WRITTEN, PARTLY_SEEN -> done += write.count();
        case BEGUN -> done += write.count() * inside();
        case UNSEEN -> unseen += first + i < current || ended ? write.count() : 0;
        case WRONG -> {
          // neither
        }
      }
    }
    double all = Math.max(1, blocks);
    return new PartitionProgress(
        name, blocks, writes.size(), done / all, unseen / all, wrong(writes));
  }

  /** Chunks tell by their names how many there are. */
  private PartitionProgress unplannedPartition(String name, List<SeenWrite> writes) {
    int chunks = Math.max(1, writes.size());
    int reached = 0;
    List<String> names = new ArrayList<>(writes.stream().map(SeenWrite::file).toList());
    names.add(file);
    for (String each : names) {
      Matcher chunk = CHUNK.matcher(each);
      if (chunk.matches() && chunk.group(1).equals(name)) {
        chunks = Math.max(chunks, Integer.parseInt(chunk.group(3)));
        reached = Math.max(reached, Integer.parseInt(chunk.group(2)));
      }
    }
    Matcher now = CHUNK.matcher(file);
    boolean here = now.matches() && now.group(1).equals(name) && !unplanned.containsKey(file);
    double done = writes.size() + (here ? inside() : 0);
    double unseen = Math.max(0, reached - (here ? 1 : 0) - writes.size());
    long blocks = writes.stream().mapToLong(SeenWrite::count).sum();
    return new PartitionProgress(
        name, blocks, chunks, Math.min(1, done / chunks), unseen / chunks, wrong(writes));
  }

  private static boolean wrong(List<SeenWrite> writes) {
    return writes.stream().anyMatch(write -> write.state() == SeenWrite.State.WRONG);
  }

  private double current(double inside) {
    SeenWrite done = unplanned.get(file);
    return done == null ? inside : 1;
  }

  private double planFraction(FlashPlan known, double inside) {
    long total = known.blocks() + (known.firmware() ? Guess.FIRMWARE_BLOCKS : 0);
    if (current < 0 || total == 0) {
      return 0;
    }
    double done = known.firmware() ? Guess.FIRMWARE_BLOCKS : 0;
    for (int i = 0; i < current; i++) {
      done += planned[i].count();
    }
    boolean finished =
        planned[current].state() != SeenWrite.State.UNSEEN && count < 0 && unpacked < 0 && !loaded;
    done += planned[current].count() * (finished ? 1 : inside);
    return Math.min(1, done / total);
  }

  /** Bytes that are still to be loaded and to be written, after the current chunk. */
  long[] left() {
    long[] left = {0, 0};
    if (plan != null) {
      for (int i = Math.max(0, current + (count < 0 && unpacked < 0 && !loaded ? 1 : 0));
          i < planned.length;
          i++) {
        left[0] += Math.max(0, plan.writes().get(i).compressedBytes());
        left[1] += plan.writes().get(i).expectedBytes();
      }
    }
    return left;
  }
}
