using System.Collections.Immutable;

namespace Keker.Server.Options;

/// <summary>How the values of most options change the options.</summary>
internal static class Applying
{
    /// <summary>An option with one value.</summary>
    public static Func<KekerOptions, IReadOnlyList<GivenValue>, Mistakes, KekerOptions> One<T>(
        ValueReader<T> read, Func<KekerOptions, T, KekerOptions> set) =>
        (options, values, mistakes) =>
        {
            T value = read(values[0].Text, out string? mistake);
            if (mistake is null)
                return set(options, value);

            mistakes.Add(values[0], mistake);
            return options;
        };

    /// <summary>The same for a value that may hold a secret: of a mistake only the place is told.</summary>
    public static Func<KekerOptions, IReadOnlyList<GivenValue>, Mistakes, KekerOptions> OneSecret<T>(
        ValueReader<T> read, Func<KekerOptions, T, KekerOptions> set) =>
        (options, values, mistakes) =>
        {
            T value = read(values[0].Text, out string? mistake);
            if (mistake is null)
                return set(options, value);

            mistakes.Add(values[0].Source, mistake);
            return options;
        };

    /// <summary>An option with any number of values.</summary>
    public static Func<KekerOptions, IReadOnlyList<GivenValue>, Mistakes, KekerOptions> Many<T>(
        ValueReader<T?> read, Func<KekerOptions, ImmutableArray<T>, KekerOptions> set) =>
        (options, values, mistakes) =>
        {
            ImmutableArray<T>.Builder all = ImmutableArray.CreateBuilder<T>(values.Count);
            foreach (GivenValue value in values)
            {
                T? good = read(value.Text, out string? mistake);
                if (mistake is null)
                    all.Add(good!);
                else
                    mistakes.Add(value, mistake);
            }

            return set(options, all.ToImmutable());
        };
}
