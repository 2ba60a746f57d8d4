package io.airbox.daemon.jobs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A waiting line in which owners take turns: whoever was served goes to the end of the turns, and
 * within an owner the first to come is the first served. Not thread-safe.
 */
final class FairLine<T> {
  /** In order of turns. */
  private final Map<String, ArrayDeque<T>> turns = new LinkedHashMap<>();

  private int size;

  void add(String owner, T element) {
    turns.computeIfAbsent(owner, unknown -> new ArrayDeque<>()).add(element);
    size++;
  }

  /**
   * Takes the next one.
   *
   * @throws NoSuchElementException nobody waits
   */
  T poll() {
    Iterator<Map.Entry<String, ArrayDeque<T>>> first = turns.entrySet().iterator();
    Map.Entry<String, ArrayDeque<T>> turn = first.next();
    String owner = turn.getKey();
    ArrayDeque<T> own = turn.getValue();
    first.remove();
    T element = own.remove();
    if (!own.isEmpty()) {
      turns.put(owner, own);
    }
    size--;
    return element;
  }

  /** Takes one out of the line; the turns of the others stay as they are. */
  boolean remove(String owner, T element) {
    ArrayDeque<T> own = turns.get(owner);
    if (own == null || !own.remove(element)) {
      return false;
    }
    if (own.isEmpty()) {
      turns.remove(owner);
    }
    size--;
    return true;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  int size(String owner) {
    ArrayDeque<T> own = turns.get(owner);
    return own == null ? 0 : own.size();
  }

  /** Everyone, in the order in which {@link #poll()} would give them. */
  List<T> inOrder() {
    List<T> order = new ArrayList<>(size);
    List<Iterator<T>> round = new ArrayList<>(turns.size());
    turns.values().forEach(own -> round.add(own.iterator()));
    while (!round.isEmpty()) {
      for (Iterator<Iterator<T>> turn = round.iterator(); turn.hasNext(); ) {
        Iterator<T> own = turn.next();
        order.add(own.next());
        if (!own.hasNext()) {
          turn.remove();
        }
      }
    }
    return order;
  }
}
