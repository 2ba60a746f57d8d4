/**
 * Updates that Eclipse hawkBit hands out, over its Direct Device Integration API (DDI v1).
 *
 * <p>{@link io.airbox.ota.hawkbit.HawkBit} asks one server what there is to do, has {@link
 * io.airbox.ota.update.Updates} do it and tells what came of it. The server decides when; what is
 * installed is decided by the signed release among its artifacts alone. {@link
 * io.airbox.ota.hawkbit.Publisher} puts releases there.
 */
@NullMarked
package io.airbox.ota.hawkbit;

import org.jspecify.annotations.NullMarked;
