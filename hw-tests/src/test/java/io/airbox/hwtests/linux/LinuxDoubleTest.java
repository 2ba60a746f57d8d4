package io.airbox.hwtests.linux;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests of this class share one {@link LinuxDouble}, booted before the first of them. Methods
 * and the constructor may have parameters of the types {@link LinuxDouble}, {@link Lan} and {@link
 * Console} (in a quiet shell of root).
 *
 * <p>The log of the console is kept in {@code target/linux-double/CLASS/}; a failed test shows its
 * last lines. In CI a machine that cannot run the double fails the class, elsewhere the class is
 * skipped; both say why.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LinuxDoubleExtension.class)
public @interface LinuxDoubleTest {
  /**
   * Whether the distribution and the root file system overlay are installed on the box, as on a
   * real one.
   */
  boolean appliance() default false;

  /** How long the machine may exist, in minutes; it is killed then. */
  int minutes() default 10;
}
