namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>Blind changes of an input: for a test that has no fuzzer, and for bytes that go to a real server.</summary>
internal static class Mutation
{
    private const int MostChanges = 3;

    /// <summary>Cuts, repeats, splices and overwrites, one to three times.</summary>
    /// <param name="seed">What is changed; a copy of it is.</param>
    /// <param name="other">What it is spliced with; not empty.</param>
    /// <param name="random">Makes the choices.</param>
    public static byte[] Of(byte[] seed, byte[] other, Random random)
    {
        byte[] input = [.. seed];
        for (int changes = random.Next(1, MostChanges + 1); changes > 0 && input.Length > 0; changes--)
        {
            int at = random.Next(input.Length);
            int to = random.Next(at, input.Length);
            switch (random.Next(4))
            {
                case 0:
                    input[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(input[at] ^ (1 << random.Next(8)));
                    break;
                case 1:
                    input = [.. input.AsSpan(0, at), .. input.AsSpan(to)];
                    break;
                case 2:
                    input = [.. input.AsSpan(0, to), .. input.AsSpan(at)];
                    break;
                default:
                    input = [.. input.AsSpan(0, at), .. other.AsSpan(random.Next(other.Length))];
                    break;
            }
        }

        return input;
    }
}
