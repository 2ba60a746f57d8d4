package io.airbox.sophon.jna;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;

/** A C struct whose layout can be asked. */
public abstract class CStruct extends Structure {
  /** Over memory of its own, zeroed: many functions leave fields of an out parameter unwritten. */
  protected CStruct() {}

  /** Over C's memory; not read yet. */
  protected CStruct(Pointer memory) {
    super(memory);
  }

  /** Where a field begins, in bytes. */
  final int offsetOf(String field) {
    return fieldOffset(field);
  }
}
