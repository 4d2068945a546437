using Keker.Server.Observability;

namespace Keker.Server.Rates;

/// <summary>How many wrong HELLOs and wrong keys come from an address: who guesses is refused for a while, right or wrong, so that no answer tells which.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="most">Wrong ones in a minute; the next minute is then refused.</param>
/// <param name="clock">Measures it.</param>
internal sealed class GuessRate(int most, MonotonicClock clock)
{
    /// <summary>Seconds.</summary>
    public const int Minute = 60;

    /// <summary>Addresses of one generation: some 5 MiB.</summary>
    private const int MostAddresses = 32_768;

    private readonly Lock _lock = new();
    private readonly Generations<ulong, Guesser> _guessers = new(MostAddresses);

    /// <summary>Whether an address is refused now.</summary>
    /// <param name="address">See <see cref="Net.AddressKey"/>; null is nobody's.</param>
    public bool IsRefused(ulong? address)
    {
        if (address is not { } key)
            return false;
        lock (_lock)
            return _guessers.Find(key) is { } guesser && clock.Now < guesser.RefusedUntil;
    }

    /// <summary>Something wrong was said.</summary>
    /// <param name="address">See <see cref="Net.AddressKey"/>; null is nobody's.</param>
    public void NoteWrong(ulong? address)
    {
        if (address is not { } key)
            return;
        lock (_lock)
        {
            Guesser guesser = _guessers.GetOrAdd(key);
            long now = clock.Now;
            if (guesser.Wrong == 0 || now - guesser.Since >= Minute * 1000)
                (guesser.Since, guesser.Wrong) = (now, 0);
            if (++guesser.Wrong < most)
                return;
            guesser.Wrong = 0;
            guesser.RefusedUntil = now + (Minute * 1000);
        }
    }

    private sealed class Guesser
    {
        public int Wrong { get; set; }

        public long Since { get; set; }

        public long RefusedUntil { get; set; }
    }
}
