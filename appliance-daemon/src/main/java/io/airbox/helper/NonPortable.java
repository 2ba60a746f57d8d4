package io.airbox.helper;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Uses a part of the JDK that is documented and supported, but need not be in every JDK. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
@interface NonPortable {
  /** Which part, and why nothing else does. */
  String value();
}
