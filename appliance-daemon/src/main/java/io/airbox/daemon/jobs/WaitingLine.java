package io.airbox.daemon.jobs;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Two lines of which one is served after the other, that of those who are known and that of guests;
 * in each of them shares take turns. Not thread-safe.
 */
final class WaitingLine<T> {
  private final FairLine<T> known = new FairLine<>();
  private final FairLine<T> guests = new FairLine<>();
  private boolean guestsNext;

  void add(Share share, T element) {
    line(share).add(share.id(), element);
  }

  /**
   * Takes the next one.
   *
   * @throws NoSuchElementException nobody waits
   */
  T poll() {
    boolean guest = known.isEmpty() || (guestsNext && !guests.isEmpty());
    T next = (guest ? guests : known).poll();
    guestsNext = !guest;
    return next;
  }

  /** Takes one out of the line; the turns of the others stay as they are. */
  boolean remove(Share share, T element) {
    return line(share).remove(share.id(), element);
  }

  boolean isEmpty() {
    return size() == 0;
  }

  int size() {
    return known.size() + guests.size();
  }

  int size(Share share) {
    return line(share).size(share.id());
  }

  /** How many of guests wait. */
  int guests() {
    return guests.size();
  }

  /** Everyone, in the order in which {@link #poll()} would give them. */
  List<T> inOrder() {
    List<T> order = new ArrayList<>(size());
    Iterator<T> next = (guestsNext ? guests : known).inOrder().iterator();
    Iterator<T> other = (guestsNext ? known : guests).inOrder().iterator();
    while (next.hasNext() || other.hasNext()) {
      if (next.hasNext()) {
        order.add(next.next());
      }
      if (other.hasNext()) {
        order.add(other.next());
      }
    }
    return order;
  }

  private FairLine<T> line(Share share) {
    return share.guest() ? guests : known;
  }
}
