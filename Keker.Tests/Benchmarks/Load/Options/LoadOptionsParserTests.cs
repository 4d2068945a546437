using Keker.Benchmarks.Load.Options;

namespace Keker.Tests.Benchmarks.Load.Options;

internal sealed class LoadOptionsParserTests
{
    [TestCase("fanout", 1000, 8, 1)]
    [TestCase("direct", 1000, 8, 16)]
    [TestCase("idle", 5000, 2, 16)]
    [TestCase("http", 0, 32, 16)]
    public void Defaults_depend_on_the_mode(string mode, int connections, int window, int publishers)
    {
        LoadOptions options = Accepted(mode);

        Assert.That((options.Connections, options.Window, options.Publishers, options.Rounds), Is.EqualTo((connections, window, publishers, 1)));
    }

    [TestCase("10", 32)]
    [TestCase("11", 16)]
    [TestCase("1000", 8)]
    [TestCase("1001", 2)]
    public void The_window_depends_on_the_connections(string connections, int window) =>
        Assert.That(Accepted("fanout", "--connections", connections).Window, Is.EqualTo(window));

    [Test]
    public void Values_follow_after_a_space_or_an_equals_sign()
    {
        LoadOptions options = Accepted("fanout", "--connections=20", "--size", "1024", "--seconds=1.5", "--verify", "--nopin", "--json", "-", "--compare", "nchan,kestrel");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Connections, Is.EqualTo(20));
            Assert.That(options.Size, Is.EqualTo(1024));
            Assert.That(options.Duration, Is.EqualTo(TimeSpan.FromSeconds(1.5)));
            Assert.That(options.Verify, Is.True);
            Assert.That(options.Pin, Is.False);
            Assert.That(options.Json, Is.EqualTo(LoadOptions.StandardOutput));
            Assert.That(options.Compare, Is.EqualTo(["nchan", "kestrel"]));
            Assert.That(options.Rounds, Is.EqualTo(3));
        }
    }

    [TestCase("fanout", "--size", "63")]
    [TestCase("fanout", "--size", "1e3")]
    [TestCase("fanout", "--size", "-64")]
    [TestCase("fanout", "--size", "99999999999")]
    [TestCase("fanout", "--connections", "0")]
    [TestCase("fanout", "--seconds", "0")]
    [TestCase("fanout", "--seconds", "NaN")]
    [TestCase("fanout", "--compare", "redis")]
    [TestCase("fanout", "--compare", "nchan,nchan")]
    [TestCase("fanout", "--compare", "")]
    [TestCase("fanout", "--url", "wss://127.0.0.1:3498")]
    [TestCase("fanout", "--url", "ws://127.0.0.1:3498/v1/subscribe")]
    [TestCase("fanout", "--url", "127.0.0.1:3498")]
    [TestCase("fanout", "--json")]
    [TestCase("fanout", "--json", "--verify")]
    [TestCase("fanout", "--verify=yes")]
    [TestCase("fanout", "--fast")]
    [TestCase("fanout", "fast")]
    [TestCase("fanout", "--window", "4", "--publishers", "8")]
    [TestCase("fanout", "--url", "ws://127.0.0.1:1", "--compare", "nchan")]
    [TestCase("direct", "--connections", "1000000", "--publishers", "256")]
    [TestCase("direct", "--window", "8")]
    [TestCase("http", "--connections", "8")]
    [TestCase("idle", "--size", "64")]
    public void A_mistake_is_one_line(params string[] args)
    {
        var mistakes = new List<string>();

        Assert.That(LoadOptionsParser.Parse(args, mistakes), Is.Null);
        Assert.That(mistakes, Has.Count.EqualTo(1));
        Assert.That(mistakes[0], Does.Contain(args[1].Split('=')[0]).And.Not.Contain('\n'));
    }

    [Test]
    public void All_mistakes_are_told()
    {
        var mistakes = new List<string>();

        LoadOptionsParser.Parse(["idle", "--size", "64", "--hold", "x", "--rounds"], mistakes);

        Assert.That(mistakes, Has.Count.EqualTo(3));
    }

    [Test]
    public void The_help_tells_of_every_option()
    {
        string[] untold = [.. LoadOptionTable.All.Select(option => option.Name).Where(name => !LoadUsage.Text.Contains($"  {name} ", StringComparison.Ordinal))];

        Assert.That(untold, Is.Empty);
    }

    private static LoadOptions Accepted(params string[] args)
    {
        var mistakes = new List<string>();
        LoadOptions? options = LoadOptionsParser.Parse(args, mistakes);
        Assert.That(mistakes, Is.Empty);
        return options!;
    }
}
