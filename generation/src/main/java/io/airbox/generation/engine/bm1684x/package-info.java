/** Runs bmodels on a BM1684X. */
@NullMarked
package io.airbox.generation.engine.bm1684x;

import org.jspecify.annotations.NullMarked;
