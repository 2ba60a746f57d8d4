package io.airbox.power.outbox;

import io.airbox.power.storage.Segments;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The records of one priority, in files that are only added to. A file goes when none of its
 * records, nor of those of older files, still wait; when too much of the files is about records
 * that have arrived, those that wait are written anew. For one thread at a time.
 */
final class RecordLog implements AutoCloseable {
  private static final int FILES = 16;

  private final Segments segments;
  private final Priority priority;
  private final long mostBytes;
  private final long fileBytes;

  /** The size of each file that is there, the last one being written. */
  private final TreeMap<Long, Long> sizes = new TreeMap<>();

  private final TreeMap<Long, Place> waiting = new TreeMap<>();
  private final Map<Long, Place> taken = new HashMap<>();
  private final Map<String, Long> ids = new HashMap<>();

  /** How many records that wait or are taken stand in each file. */
  private final TreeMap<Long, Integer> live = new TreeMap<>();

  private long liveBytes;
  private long nextNumber = 1;
  private Segments.Segment file;
  private boolean torn;
  private long dropped;
  private long damaged;

  /** Where a record stands. */
  private record Place(String id, long file, long from, int length, boolean late) {}

  RecordLog(Segments segments, Priority priority, long mostBytes) throws IOException {
    this.segments = segments;
    this.priority = priority;
    this.mostBytes = mostBytes;
    this.fileBytes = mostBytes / FILES;
    for (long each : segments.numbers()) {
      replay(each);
    }
    long last = sizes.isEmpty() ? 0 : sizes.lastKey();
    if (last == 0) {
      file = begin(1);
    } else {
      file = segments.open(last);
      file.cut(size(last)); // what a power cut left half
      torn = size(last) == 0;
    }
    deleteOld();
  }

  private void replay(long number) throws IOException {
    byte[] content = segments.read(number);
    int whole =
        RecordCodec.decode(
            content,
            priority,
            (entry, from) -> {
              nextNumber = Math.max(nextNumber, entry.number() + 1);
              if (entry instanceof RecordCodec.Put put) {
                int length = RecordCodec.FRAME + bodyLength(content, (int) from);
                replace(put, new Place(put.content().id(), number, from, length, true));
              } else {
                forget(entry.number());
              }
            });
    sizes.put(number, (long) whole);
  }

  private static int bodyLength(byte[] content, int from) {
    return ByteBuffer.wrap(content, from, Integer.BYTES).getInt();
  }

  /** The same number again is the copy that a compaction made; the same id is one told twice. */
  private void replace(RecordCodec.Put put, Place place) {
    Long known = ids.get(put.content().id());
    if (known != null && known != put.number()) {
      return;
    }
    forget(put.number());
    keep(put.number(), place);
  }

  private void keep(long number, Place place) {
    waiting.put(number, place);
    ids.put(place.id(), number);
    live.merge(place.file(), 1, Integer::sum);
    liveBytes += place.length();
  }

  private void forget(long number) {
    Place place = waiting.remove(number);
    if (place == null) {
      place = taken.remove(number);
    }
    if (place != null) {
      ids.remove(place.id());
      live.computeIfPresent(place.file(), (each, count) -> count == 1 ? null : count - 1);
      liveBytes -= place.length();
    }
  }

  /**
   * Adds records that are not there yet; all are on the disk when this returns.
   *
   * @return how many were new
   * @throws OutboxFullException none of them is there
   * @throws IOException they may or may not be there after the next start
   */
  int add(List<OutboxRecord> records) throws IOException {
    List<RecordCodec.Put> puts = new ArrayList<>();
    List<byte[]> encoded = new ArrayList<>();
    Map<String, Long> fresh = new HashMap<>();
    long length = 0;
    for (OutboxRecord each : records) {
      if (!ids.containsKey(each.id()) && !fresh.containsKey(each.id())) {
        RecordCodec.Put put = new RecordCodec.Put(nextNumber++, each);
        fresh.put(each.id(), put.number());
        byte[] bytes = RecordCodec.encode(List.of(put));
        puts.add(put);
        encoded.add(bytes);
        length += bytes.length;
      }
    }
    if (puts.isEmpty()) {
      return 0;
    }
    makeRoom(length);
    byte[] all = new byte[(int) length];
    int place = 0;
    for (byte[] bytes : encoded) {
      System.arraycopy(bytes, 0, all, place, bytes.length);
      place += bytes.length;
    }
    long from = write(all, true);
    long number = sizes.lastKey();
    for (int i = 0; i < puts.size(); i++) {
      RecordCodec.Put put = puts.get(i);
      keep(put.number(), new Place(put.content().id(), number, from, encoded.get(i).length, false));
      from += encoded.get(i).length;
    }
    return puts.size();
  }

  private void makeRoom(long length) throws IOException {
    if (length > fileBytes) {
      throw new OutboxFullException(
          length + " bytes at once are more than a sixteenth of " + mostBytes);
    }
    if (priority == Priority.MUST_ARRIVE && liveBytes + length > mostBytes / 2) {
      throw new OutboxFullException(
          segments + " has " + ids.size() + " records that have not arrived; there is no room");
    }
    if (torn || size(sizes.lastKey()) + length > fileBytes) {
      next();
    }
    if (priority == Priority.MUST_ARRIVE && bytes() + length > mostBytes) {
      compact();
    }
    while (bytes() + length > mostBytes && sizes.size() > 1) {
      drop(sizes.firstKey());
    }
  }

  /** With all that still waits in it. */
  private void drop(long number) throws IOException {
    List<Long> lost = new ArrayList<>();
    for (Map<Long, Place> each : List.of(waiting, taken)) {
      each.forEach(
          (record, place) -> {
            if (place.file() == number) {
              lost.add(record);
            }
          });
    }
    segments.delete(number);
    sizes.remove(number);
    lost.forEach(this::forget);
    dropped += lost.size();
  }

  /** Writes what waits to a file of its own, which is added to from then on. */
  private void compact() throws IOException {
    long number = sizes.lastKey() + 1;
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(RecordCodec.header());
    Map<Long, Place> moved = new HashMap<>();
    for (Map<Long, Place> each : List.of(waiting, taken)) {
      for (Map.Entry<Long, Place> old : each.entrySet()) {
        OutboxRecord record = content(old.getValue()).orElse(null);
        if (record == null) {
          continue;
        }
        byte[] bytes = RecordCodec.encode(List.of(new RecordCodec.Put(old.getKey(), record)));
        moved.put(
            old.getKey(),
            new Place(record.id(), number, content.size(), bytes.length, old.getValue().late()));
        content.writeBytes(bytes);
      }
    }
    segments.replace(number, content.toByteArray());
    Segments.Segment old = file;
    file = segments.open(number);
    torn = false;
    old.close();
    sizes.put(number, (long) content.size());
    for (Map<Long, Place> each : List.of(waiting, taken)) {
      damaged += each.size();
      each.keySet().retainAll(moved.keySet());
      damaged -= each.size();
      each.replaceAll((record, place) -> moved.getOrDefault(record, place));
    }
    ids.values().retainAll(moved.keySet());
    live.clear();
    if (!moved.isEmpty()) {
      live.put(number, moved.size());
    }
    liveBytes = (long) content.size() - RecordCodec.header().length;
    deleteOld();
  }

  private void next() throws IOException {
    Segments.Segment full = file;
    file = begin(sizes.lastKey() + 1);
    torn = false;
    full.close();
  }

  private Segments.Segment begin(long number) throws IOException {
    Segments.Segment begun = segments.open(number);
    try {
      begun.cut(0);
      begun.write(0, RecordCodec.header());
      begun.flush();
      segments.flush();
    } catch (IOException e) {
      begun.close();
      throw e;
    }
    sizes.put(number, (long) RecordCodec.header().length);
    return begun;
  }

  private long write(byte[] bytes, boolean flushed) throws IOException {
    long number = sizes.lastKey();
    long from = size(number);
    try {
      file.write(from, bytes);
      if (flushed) {
        file.flush();
      }
    } catch (IOException e) {
      try {
        file.cut(from);
      } catch (IOException second) {
        torn = true; // what comes after half an entry is not read back
        e.addSuppressed(second);
      }
      throw e;
    }
    sizes.put(number, from + bytes.length);
    return from;
  }

  /** The oldest that wait and are not taken, at most so many. */
  List<Taken> take(int most) {
    List<Taken> found = new ArrayList<>();
    while (found.size() < most && !waiting.isEmpty()) {
      Map.Entry<Long, Place> first = waiting.pollFirstEntry();
      Place place = first.getValue();
      taken.put(first.getKey(), place);
      Optional<OutboxRecord> content = content(place);
      if (content.isPresent()) {
        found.add(new Taken(first.getKey(), place.late(), content.get()));
      } else {
        damaged++;
        forget(first.getKey());
      }
    }
    return found;
  }

  private Optional<OutboxRecord> content(Place place) {
    List<OutboxRecord> found = new ArrayList<>();
    try {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.writeBytes(RecordCodec.header());
      whole.writeBytes(bytes(place));
      RecordCodec.decode(
          whole.toByteArray(),
          priority,
          (entry, from) -> {
            if (entry instanceof RecordCodec.Put put) {
              found.add(put.content());
            }
          });
    } catch (IOException e) {
      return Optional.empty();
    }
    return found.stream().findFirst();
  }

  private byte[] bytes(Place place) throws IOException {
    return place.file() == sizes.lastKey()
        ? file.read(place.from(), place.length())
        : segments.read(place.file(), place.from(), place.length());
  }

  /** Gives back all that were taken; all that wait are late from now on. */
  void giveBack() {
    waiting.putAll(taken);
    taken.clear();
    waiting.replaceAll(
        (number, place) ->
            place.late()
                ? place
                : new Place(place.id(), place.file(), place.from(), place.length(), true));
  }

  /**
   * They have arrived. A power cut right after it may bring them back.
   *
   * @throws IOException they are gone for now, but may come back after the next start
   */
  void done(List<Long> numbers) throws IOException {
    List<RecordCodec.Done> known = new ArrayList<>();
    for (long number : numbers) {
      if (waiting.containsKey(number) || taken.containsKey(number)) {
        forget(number);
        known.add(new RecordCodec.Done(number));
      }
    }
    if (known.isEmpty()) {
      return;
    }
    IOException failure = null;
    try {
      if (!torn) {
        write(RecordCodec.encode(known), false);
      }
    } catch (IOException e) {
      failure = e;
    }
    if (ids.isEmpty() && size(sizes.lastKey()) > fileBytes / 2) {
      next();
    }
    deleteOld();
    if (failure != null) {
      throw failure;
    }
  }

  /** Files before the oldest that still has a record that waits; never the last. */
  private void deleteOld() throws IOException {
    long oldest = live.isEmpty() ? sizes.lastKey() : live.firstKey();
    Iterator<Long> numbers = sizes.headMap(oldest).keySet().iterator();
    while (numbers.hasNext()) {
      // from the oldest on: one that tells what has arrived outlives those that it tells of
      segments.delete(numbers.next());
      numbers.remove();
    }
  }

  int size() {
    return ids.size();
  }

  long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  long dropped() {
    return dropped;
  }

  long damaged() {
    return damaged;
  }

  private long size(long number) {
    return sizes.getOrDefault(number, 0L);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
