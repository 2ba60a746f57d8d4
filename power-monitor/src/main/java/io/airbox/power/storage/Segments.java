package io.airbox.power.storage;

import java.io.IOException;
import java.util.List;

/**
 * Numbered files of one folder that are only added to. What was written lasts once its file was
 * flushed, and names that came or went once the folder was; a power cut takes back any part of what
 * was not. For one thread at a time.
 */
public interface Segments {
  /** Of the files that are there, ascending. */
  List<Long> numbers() throws IOException;

  /**
   * A whole file.
   *
   * @throws java.nio.file.NoSuchFileException it is not there
   */
  byte[] read(long number) throws IOException;

  /** A part of a file; all of it has to be there. */
  byte[] read(long number, long from, int length) throws IOException;

  /** A file to add to, which is made when it is not there. */
  Segment open(long number) throws IOException;

  /** Puts a file in the place of the one before it, if any; it and its name are flushed. */
  void replace(long number, byte[] content) throws IOException;

  /** Deletes a file if it is there. */
  void delete(long number) throws IOException;

  /** Flushes the names. */
  void flush() throws IOException;

  /** A file that is added to. An interrupted thread writes on. */
  interface Segment extends AutoCloseable {
    /** Writes at a place, which may be beyond the end. */
    void write(long at, byte[] bytes) throws IOException;

    /** Makes this its length. */
    void cut(long length) throws IOException;

    /** Flushes what was written. */
    void flush() throws IOException;

    /** A part of it; all of that has to be there. */
    byte[] read(long from, int length) throws IOException;

    @Override
    void close() throws IOException;
  }
}
