package io.airbox.generation.worker;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks the use of an API that every JDK on Linux has but that Java SE does not promise. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@interface JdkSpecific {
  /** Which and why. */
  String value();
}
