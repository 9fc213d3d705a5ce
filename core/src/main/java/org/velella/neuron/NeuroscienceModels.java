package org.velella.neuron;

/**
 * Neurons of computational neuroscience with their published parameters. Times are in ms,
 * potentials in mV, capacitances in pF, conductances in nS and currents in pA, as their texts
 * declare; {@code dt} is the length of a step; {@code refractory} counts steps, for which a neuron
 * that has fired does nothing but pass the time. Inputs come at the beginning of a step and act
 * within it. Memories start from parameters, which may differ between neurons.
 */
public final class NeuroscienceModels {
  private NeuroscienceModels() {}

  /**
   * Leaky neurons whose potential jumps by x mV, as in Brunel's networks (2000). Exact: {@code v}
   * decays by {@code e^(-dt / tau)}. While a neuron is refractory, what comes is lost.
   */
  public static NeuronModel refractoryLif() {
    return NeuronModel.parse(
        """
        model lif_refractory
          input x [mV]
          parameter dt [ms] = 0.1, tau [ms] = 20, v_rest [mV] = 0, v_threshold [mV] = 20
          parameter v_reset [mV] = 10, refractory = 20, v_start [mV] = 0
          require dt > 0, tau > 0, refractory >= 0, refractory == floor(refractory)
          derive decay = exp(-dt / tau)
          memory v = v_start, left = 0
          charge free = left == 0
          charge h = where(free, v_rest + (v - v_rest) * decay + x, v)
          fire s = free and h >= v_threshold
          reset v = where(s, v_reset, h)
          reset left = where(s, refractory, max(left - 1, 0))
        """);
  }

  /**
   * Leaky neurons with two exponential synaptic currents, in mV: {@code tau_m dv/dt = v_rest - v +
   * e + i}. Exact between spikes. Defaults are those of the current-based benchmark of Brette and
   * others (2007), after Vogels and Abbott; its weights are 1.62 mV and -9 mV.
   */
  public static NeuronModel exponentialLif() {
    return NeuronModel.parse(
        """
        model lif_exp
          input exc [mV], inh [mV]
          parameter dt [ms] = 0.1, tau_m [ms] = 20, tau_e [ms] = 5, tau_i [ms] = 10
          parameter v_rest [mV] = -49, v_threshold [mV] = -50, v_reset [mV] = -60, refractory = 50
          parameter v_start [mV] = -60
          require dt > 0, tau_m > 0, tau_e > 0, tau_i > 0, tau_e != tau_m, tau_i != tau_m
          require refractory >= 0, refractory == floor(refractory)
          derive decay = exp(-dt / tau_m), decay_e = exp(-dt / tau_e), decay_i = exp(-dt / tau_i)
          derive from_e = tau_e / (tau_e - tau_m) * (decay_e - decay)
          derive from_i = tau_i / (tau_i - tau_m) * (decay_i - decay)
          memory v = v_start, e = 0, i = 0, left = 0
          charge e = e + exc
          charge i = i + inh
          charge free = left == 0
          charge h = where(free, v_rest + (v - v_rest) * decay + e * from_e + i * from_i, v)
          charge e = e * decay_e
          charge i = i * decay_i
          fire s = free and h >= v_threshold
          reset v = where(s, v_reset, h)
          reset left = where(s, refractory, max(left - 1, 0))
        """);
  }

  /**
   * Leaky neurons with two alpha-shaped synaptic currents: an input of w pA makes a current that is
   * w at its peak, {@code tau_e} or {@code tau_i} later. {@code c_m dv/dt = c_m (v_rest - v) /
   * tau_m + i}. Exact between spikes. Defaults are those of Brunel's network with alpha currents as
   * NEST ships it.
   */
  public static NeuronModel alphaLif() {
    return NeuronModel.parse(
        """
        model lif_alpha
          input exc [pA], inh [pA]
          parameter dt [ms] = 0.1, c_m [pF] = 250, tau_m [ms] = 20, tau_e [ms] = 0.5
          parameter tau_i [ms] = 0.5, v_rest [mV] = 0, v_threshold [mV] = 20, v_reset [mV] = 0
          parameter refractory = 20, v_start [mV] = 0
          require dt > 0, c_m > 0, tau_m > 0, tau_e > 0, tau_i > 0, tau_e != tau_m, tau_i != tau_m
          require refractory >= 0, refractory == floor(refractory)
          derive decay = exp(-dt / tau_m), decay_e = exp(-dt / tau_e), decay_i = exp(-dt / tau_i)
          derive start_e = exp(1) / tau_e, start_i = exp(1) / tau_i
          derive carry_e = dt * decay_e, carry_i = dt * decay_i
          derive rate_e = 1 / tau_m - 1 / tau_e, rate_i = 1 / tau_m - 1 / tau_i
          derive v_e = (decay_e - decay) / rate_e / c_m, v_i = (decay_i - decay) / rate_i / c_m
          derive v_rise_e = (carry_e - (decay_e - decay) / rate_e) / rate_e / c_m
          derive v_rise_i = (carry_i - (decay_i - decay) / rate_i) / rate_i / c_m
          memory v = v_start, rise_e = 0, e = 0, rise_i = 0, i = 0, left = 0
          charge rise_e = rise_e + exc * start_e
          charge rise_i = rise_i + inh * start_i
          charge free = left == 0
          charge current = e * v_e + rise_e * v_rise_e + i * v_i + rise_i * v_rise_i
          charge h = where(free, v_rest + (v - v_rest) * decay + current, v)
          charge e = e * decay_e + rise_e * carry_e
          charge i = i * decay_i + rise_i * carry_i
          charge rise_e = rise_e * decay_e
          charge rise_i = rise_i * decay_i
          fire s = free and h >= v_threshold
          reset v = where(s, v_reset, h)
          reset left = where(s, refractory, max(left - 1, 0))
        """);
  }

  /**
   * As {@link #alphaLif}, but each current rises and decays with times of its own; an input of w pA
   * makes a current that is w at its peak. The times are a choice of ours: those of AMPA and GABA-A
   * receptors, rounded.
   */
  public static NeuronModel doubleExponentialLif() {
    return NeuronModel.parse(
        """
        model lif_double_exp
          input exc [pA], inh [pA]
          parameter dt [ms] = 0.1, c_m [pF] = 250, tau_m [ms] = 20, rise_time_e [ms] = 0.5
          parameter tau_e [ms] = 2, rise_time_i [ms] = 0.5, tau_i [ms] = 5, v_rest [mV] = 0
          parameter v_threshold [mV] = 20, v_reset [mV] = 0, refractory = 20, v_start [mV] = 0
          require dt > 0, c_m > 0, tau_m > 0, rise_time_e > 0, rise_time_i > 0
          require tau_e > rise_time_e, tau_i > rise_time_i, tau_e != tau_m, tau_i != tau_m
          require rise_time_e != tau_m, rise_time_i != tau_m
          require refractory >= 0, refractory == floor(refractory)
          derive decay = exp(-dt / tau_m), decay_e = exp(-dt / tau_e), decay_i = exp(-dt / tau_i)
          derive faster_e = exp(-dt / rise_time_e), faster_i = exp(-dt / rise_time_i)
          derive peak_e = tau_e * rise_time_e / (tau_e - rise_time_e) * log(tau_e / rise_time_e)
          derive peak_i = tau_i * rise_time_i / (tau_i - rise_time_i) * log(tau_i / rise_time_i)
          derive start_e = 1 / (exp(-peak_e / tau_e) - exp(-peak_e / rise_time_e))
          derive start_i = 1 / (exp(-peak_i / tau_i) - exp(-peak_i / rise_time_i))
          derive v_e = (decay_e - decay) / (1 / tau_m - 1 / tau_e) / c_m
          derive v_i = (decay_i - decay) / (1 / tau_m - 1 / tau_i) / c_m
          derive v_rise_e = (faster_e - decay) / (1 / tau_m - 1 / rise_time_e) / c_m
          derive v_rise_i = (faster_i - decay) / (1 / tau_m - 1 / rise_time_i) / c_m
          memory v = v_start, e = 0, rise_e = 0, i = 0, rise_i = 0, left = 0
          charge e = e + exc * start_e
          charge rise_e = rise_e + exc * start_e
          charge i = i + inh * start_i
          charge rise_i = rise_i + inh * start_i
          charge free = left == 0
          charge current = e * v_e - rise_e * v_rise_e + i * v_i - rise_i * v_rise_i
          charge h = where(free, v_rest + (v - v_rest) * decay + current, v)
          charge e = e * decay_e
          charge rise_e = rise_e * faster_e
          charge i = i * decay_i
          charge rise_i = rise_i * faster_i
          fire s = free and h >= v_threshold
          reset v = where(s, v_reset, h)
          reset left = where(s, refractory, max(left - 1, 0))
        """);
  }

  /**
   * Leaky neurons with two exponential conductances: {@code c_m dv/dt = g_leak (v_rest - v) + e
   * (v_exc - v) + i (v_inh - v) + current}. Conductances decay exactly; the potential takes an
   * exponential Euler step with those at the step's beginning. Defaults are those of the
   * conductance-based benchmark of Brette and others (2007); its weights are 6 and 67 nS.
   */
  public static NeuronModel conductanceLif() {
    return NeuronModel.parse(
        """
        model coba_lif
          input exc [nS], inh [nS]
          parameter dt [ms] = 0.1, c_m [pF] = 200, g_leak [nS] = 10, v_rest [mV] = -60
          parameter v_exc [mV] = 0, v_inh [mV] = -80, tau_e [ms] = 5, tau_i [ms] = 10
          parameter current [pA] = 0, v_threshold [mV] = -50, v_reset [mV] = -60, refractory = 50
          parameter v_start [mV] = -60, e_start [nS] = 0, i_start [nS] = 0
          require dt > 0, c_m > 0, g_leak > 0, tau_e > 0, tau_i > 0
          require refractory >= 0, refractory == floor(refractory)
          derive decay_e = exp(-dt / tau_e), decay_i = exp(-dt / tau_i)
          derive per_step = dt / c_m, pull = g_leak * v_rest + current
          memory v = v_start, e = e_start, i = i_start, left = 0
          charge e = e + exc
          charge i = i + inh
          charge g = g_leak + e + i
          charge target = (pull + e * v_exc + i * v_inh) / g
          charge free = left == 0
          charge h = where(free, target + (v - target) * exp(-(g * per_step)), v)
          charge e = e * decay_e
          charge i = i * decay_i
          fire s = free and h >= v_threshold
          reset v = where(s, v_reset, h)
          reset left = where(s, refractory, max(left - 1, 0))
        """);
  }

  /**
   * Leaky neurons with two alpha-shaped conductances: an input of w nS makes a conductance that is
   * w at its peak, {@code tau_e} or {@code tau_i} later; the potential follows the equation of
   * {@link #conductanceLif}. Conductances are exact; the potential takes an exponential Euler step
   * with those at the step's middle, of order 2. Defaults are those of NEST's {@code
   * iaf_cond_alpha}. Inputs are not to be below 0.
   */
  public static NeuronModel alphaConductanceLif() {
    return NeuronModel.parse(
        """
        model coba_alpha
          input exc [nS], inh [nS]
          parameter dt [ms] = 0.1, c_m [pF] = 250, g_leak [nS] = 16.6667, v_rest [mV] = -70
          parameter v_exc [mV] = 0, v_inh [mV] = -85, tau_e [ms] = 0.2, tau_i [ms] = 2
          parameter current [pA] = 0, v_threshold [mV] = -55, v_reset [mV] = -60, refractory = 20
          parameter v_start [mV] = -70
          require dt > 0, c_m > 0, g_leak > 0, tau_e > 0, tau_i > 0
          require refractory >= 0, refractory == floor(refractory)
          derive decay_e = exp(-dt / tau_e), decay_i = exp(-dt / tau_i)
          derive half_e = exp(-dt / 2 / tau_e), half_i = exp(-dt / 2 / tau_i)
          derive start_e = exp(1) / tau_e, start_i = exp(1) / tau_i
          derive carry_e = dt * decay_e, carry_i = dt * decay_i
          derive carry_half_e = dt / 2 * half_e, carry_half_i = dt / 2 * half_i
          derive per_step = dt / c_m, pull = g_leak * v_rest + current
          memory v = v_start, rise_e = 0, e = 0, rise_i = 0, i = 0, left = 0
          charge rise_e = rise_e + exc * start_e
          charge rise_i = rise_i + inh * start_i
          charge middle_e = e * half_e + rise_e * carry_half_e
          charge middle_i = i * half_i + rise_i * carry_half_i
          charge g = g_leak + middle_e + middle_i
          charge target = (pull + middle_e * v_exc + middle_i * v_inh) / g
          charge free = left == 0
          charge h = where(free, target + (v - target) * exp(-(g * per_step)), v)
          charge e = e * decay_e + rise_e * carry_e
          charge i = i * decay_i + rise_i * carry_i
          charge rise_e = rise_e * decay_e
          charge rise_i = rise_i * decay_i
          fire s = free and h >= v_threshold
          reset v = where(s, v_reset, h)
          reset left = where(s, refractory, max(left - 1, 0))
        """);
  }

  /**
   * As {@link #alphaConductanceLif}, but each conductance rises and decays with times of its own;
   * an input of w nS makes a conductance that is w at its peak. The times are those of {@link
   * #doubleExponentialLif}.
   */
  public static NeuronModel doubleExponentialConductanceLif() {
    return NeuronModel.parse(
        """
        model coba_double_exp
          input exc [nS], inh [nS]
          parameter dt [ms] = 0.1, c_m [pF] = 250, g_leak [nS] = 16.6667, v_rest [mV] = -70
          parameter v_exc [mV] = 0, v_inh [mV] = -85, rise_time_e [ms] = 0.5, tau_e [ms] = 2
          parameter rise_time_i [ms] = 0.5, tau_i [ms] = 5, current [pA] = 0
          parameter v_threshold [mV] = -55, v_reset [mV] = -60, refractory = 20
          parameter v_start [mV] = -70
          require dt > 0, c_m > 0, g_leak > 0, rise_time_e > 0, rise_time_i > 0
          require tau_e > rise_time_e, tau_i > rise_time_i
          require refractory >= 0, refractory == floor(refractory)
          derive decay_e = exp(-dt / tau_e), decay_i = exp(-dt / tau_i)
          derive faster_e = exp(-dt / rise_time_e), faster_i = exp(-dt / rise_time_i)
          derive half_e = exp(-dt / 2 / tau_e), half_i = exp(-dt / 2 / tau_i)
          derive half_faster_e = exp(-dt / 2 / rise_time_e)
          derive half_faster_i = exp(-dt / 2 / rise_time_i)
          derive peak_e = tau_e * rise_time_e / (tau_e - rise_time_e) * log(tau_e / rise_time_e)
          derive peak_i = tau_i * rise_time_i / (tau_i - rise_time_i) * log(tau_i / rise_time_i)
          derive start_e = 1 / (exp(-peak_e / tau_e) - exp(-peak_e / rise_time_e))
          derive start_i = 1 / (exp(-peak_i / tau_i) - exp(-peak_i / rise_time_i))
          derive per_step = dt / c_m, pull = g_leak * v_rest + current
          memory v = v_start, e = 0, rise_e = 0, i = 0, rise_i = 0, left = 0
          charge e = e + exc * start_e
          charge rise_e = rise_e + exc * start_e
          charge i = i + inh * start_i
          charge rise_i = rise_i + inh * start_i
          charge middle_e = e * half_e - rise_e * half_faster_e
          charge middle_i = i * half_i - rise_i * half_faster_i
          charge g = g_leak + middle_e + middle_i
          charge target = (pull + middle_e * v_exc + middle_i * v_inh) / g
          charge free = left == 0
          charge h = where(free, target + (v - target) * exp(-(g * per_step)), v)
          charge e = e * decay_e
          charge rise_e = rise_e * faster_e
          charge i = i * decay_i
          charge rise_i = rise_i * faster_i
          fire s = free and h >= v_threshold
          reset v = where(s, v_reset, h)
          reset left = where(s, refractory, max(left - 1, 0))
        """);
  }

  /**
   * Hodgkin-Huxley neurons after Traub and Miles with two exponential conductances, as in the third
   * benchmark of Brette and others (2007). Exponential Euler: gates and potential each take a step
   * with what the others were at its beginning. A spike is a potential above {@code v_threshold};
   * for {@code refractory} steps after one no other is sent, while the equations go on. The rates
   * {@code z / (e^z - 1)} go through 1 at z = 0 by a series.
   */
  public static NeuronModel hodgkinHuxley() {
    String rate =
        "where(abs(Z) < 0.3, 1 / (1 + Z * (0.5 + Z * (0.16666667 + Z * (0.041666667 + Z *"
            + " (0.0083333333 + Z * 0.0013888889))))), Z / (exp(Z) - 1))";
    return NeuronModel.parse(
        """
        model coba_hh
          input exc [nS], inh [nS]
          parameter dt [ms] = 0.1, c_m [pF] = 200, g_leak [nS] = 10, g_na [nS] = 20000
          parameter g_k [nS] = 6000, v_rest [mV] = -60, v_na [mV] = 50, v_k [mV] = -90
          parameter v_exc [mV] = 0, v_inh [mV] = -80, v_shift [mV] = -63, tau_e [ms] = 5
          parameter tau_i [ms] = 10, current [pA] = 0, v_threshold [mV] = -20, refractory = 30
          parameter v_start [mV] = -60, m_start = 0, h_start = 0, n_start = 0, e_start [nS] = 0
          parameter i_start [nS] = 0
          require dt > 0, c_m > 0, g_leak > 0, g_na >= 0, g_k >= 0, tau_e > 0, tau_i > 0
          require refractory >= 0, refractory == floor(refractory)
          derive decay_e = exp(-dt / tau_e), decay_i = exp(-dt / tau_i)
          derive per_step = dt / c_m, pull = g_leak * v_rest + current
          memory v = v_start, m = m_start, h = h_start, n = n_start
          memory e = e_start, i = i_start, left = 0
          charge e = e + exc
          charge i = i + inh
          charge u = v - v_shift
          charge z_am = (13 - u) / 4
          charge z_bm = (u - 40) / 5
          charge z_an = (15 - u) / 5
          charge am = 1.28 * RATE(z_am)
          charge bm = 1.4 * RATE(z_bm)
          charge ah = 0.128 * exp((17 - u) / 18)
          charge bh = 4 / (1 + exp((40 - u) / 5))
          charge an = 0.16 * RATE(z_an)
          charge bn = 0.5 * exp((10 - u) / 40)
          charge sodium = g_na * m^3 * h
          charge potassium = g_k * n^4
          charge g = g_leak + e + i + sodium + potassium
          charge target = (pull + e * v_exc + i * v_inh + sodium * v_na + potassium * v_k) / g
          charge v = target + (v - target) * exp(-(g * per_step))
          charge m = am / (am + bm) + (m - am / (am + bm)) * exp(-((am + bm) * dt))
          charge h = ah / (ah + bh) + (h - ah / (ah + bh)) * exp(-((ah + bh) * dt))
          charge n = an / (an + bn) + (n - an / (an + bn)) * exp(-((an + bn) * dt))
          charge e = e * decay_e
          charge i = i * decay_i
          fire s = v > v_threshold and left == 0
          reset left = where(s, refractory, max(left - 1, 0))
        """
            .replace("RATE(z_am)", rate.replace("Z", "z_am"))
            .replace("RATE(z_bm)", rate.replace("Z", "z_bm"))
            .replace("RATE(z_an)", rate.replace("Z", "z_an")));
  }

  /**
   * Izhikevich's neurons (2003): two half steps of v, then one of u with the new v; a potential of
   * 30 mV or more is a spike, v becomes c and u rises by d. With {@code dt} 1 these are the steps
   * of the program that he published.
   */
  public static NeuronModel izhikevich2003() {
    return NeuronModel.parse(
        """
        model izhikevich_2003
          parameter dt [ms] = 1, a [1/ms] = 0.02, b = 0.2, c [mV] = -65, d = 8, v_start [mV] = -65
          require dt > 0
          derive half = dt / 2, rate = dt * a
          memory v = v_start, u = b * v_start
          charge first = v + half * (0.04 * v^2 + 5 * v + 140 - u + x)
          charge h = first + half * (0.04 * first^2 + 5 * first + 140 - u + x)
          charge w = u + rate * (b * h - u)
          fire s = h >= 30
          reset v = where(s, c, h)
          reset u = where(s, w + d, w)
        """);
  }
}
