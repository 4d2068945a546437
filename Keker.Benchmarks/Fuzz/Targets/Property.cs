using System.Diagnostics.CodeAnalysis;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>Assertions that need no test framework, since the targets run in two programs.</summary>
internal static class Property
{
    /// <param name="condition">What must be true.</param>
    /// <param name="property">What it means, as a sentence that is true when the condition is.</param>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string property)
    {
        if (!condition) throw new PropertyException($"does not hold: {property}");
    }

    public static void Same<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new PropertyException($"{what}: expected {expected}, got {actual}");
    }

    public static void SameBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string what)
    {
        if (!expected.SequenceEqual(actual))
            throw new PropertyException($"{what}: expected {Convert.ToHexString(expected)}, got {Convert.ToHexString(actual)}");
    }
}
