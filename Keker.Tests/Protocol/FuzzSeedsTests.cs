using Keker.Benchmarks.Fuzz.Targets;

namespace Keker.Tests.Protocol;

/// <summary>
/// The seeds of the fuzzer, and what a few thousand blind mutations make of them, keep the properties of their targets. What a fuzzer has
/// found once becomes a seed, and so stays found.
/// </summary>
[TestFixture]
internal sealed class FuzzSeedsTests
{
    private const int MutationsPerSeed = 25;
    private static readonly string Seeds = Path.Combine(AppContext.BaseDirectory, "FuzzSeeds");

    private static IEnumerable<string> Targets => FuzzTargets.All.Select(target => target.Name);

    private static IEnumerable<TestCaseData> AllSeeds =>
        from target in FuzzTargets.All
        from file in SeedsOf(target.Name)
        select new TestCaseData(target.Name, Path.GetFileName(file));

    [TestCaseSource(nameof(AllSeeds))]
    public void A_seed_keeps_the_properties(string target, string seed)
    {
        byte[] input = File.ReadAllBytes(Path.Combine(Seeds, target, seed));

        Assert.That(() => FuzzTargets.Find(target)!.Check(input), Throws.Nothing);
    }

    [TestCaseSource(nameof(Targets))]
    public void Mutated_seeds_keep_the_properties(string name)
    {
        FuzzTarget target = FuzzTargets.Find(name)!;
        byte[][] seeds = [.. SeedsOf(name).Select(File.ReadAllBytes).Where(seed => seed.Length is > 0 and < 2000)];
        Random random = new(20250101);
        for (int i = 0; i < seeds.Length * MutationsPerSeed; i++)
        {
            byte[] input = Mutation.Of(seeds[i % seeds.Length], seeds[random.Next(seeds.Length)], random);
            Assert.That(() => target.Check(input), Throws.Nothing, Convert.ToHexString(input));
        }
    }

    [TestCaseSource(nameof(Targets))]
    public void Nothing_is_an_input_too(string name) => Assert.That(() => FuzzTargets.Find(name)!.Check([]), Throws.Nothing);

    [TestCaseSource(nameof(Targets))]
    public void Every_target_has_seeds(string name) => Assert.That(SeedsOf(name), Is.Not.Empty);

    private static string[] SeedsOf(string target) => [.. Directory.GetFiles(Path.Combine(Seeds, target)).Order(StringComparer.Ordinal)];
}
