using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class CommandWordsTests
{
    private const string Help = "see kekerd publish --help";

    [Test]
    public void Options_and_words_stand_in_any_order()
    {
        (CommandWords words, string[] mistakes) = Parse("alice", "--topic", "a", "--ttl=1h", "--topic", "b", "file");

        Assert.That(mistakes, Is.Empty);
        Assert.That(words.Words, Is.EqualTo(new[] { "alice", "file" }));
        Assert.That(words.ValuesOf(CommandDefinitions.Topic), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(words.ValuesOf(CommandDefinitions.TimeToLive), Is.EqualTo(new[] { "1h" }));
        Assert.That(words.Has(CommandDefinitions.Broadcast), Is.False);
    }

    [Test]
    public void A_switch_takes_no_word_and_a_dash_is_one()
    {
        (CommandWords words, string[] mistakes) = Parse("--broadcast", "-");

        Assert.That(mistakes, Is.Empty);
        Assert.That((words.Has(CommandDefinitions.Broadcast), words.Words.Single()), Is.EqualTo((true, "-")));
    }

    [Test]
    public void Behind_two_dashes_nothing_is_an_option()
    {
        (CommandWords words, string[] mistakes) = Parse("--topic", "a", "--", "--ttl", "-x");

        Assert.That(mistakes, Is.Empty);
        Assert.That(words.Words, Is.EqualTo(new[] { "--ttl", "-x" }));
    }

    [TestCase("--tpoic a", $"--tpoic: no such option, the nearest is --topic, {Help}")]
    [TestCase("--keys=secret", $"--keys: no such option, the nearest is --key, {Help}")]
    [TestCase("--key a -secretSecret", $"command line: no such option (not shown, it may be a key that begins with a dash), {Help}")]
    [TestCase("alice --ttl", "--ttl: value missing, expected --ttl DURATION")]
    [TestCase("--ttl 1 --ttl 2", "--ttl: given 2 times, expected once")]
    [TestCase("a b c", "command line: 3 words belong to no option, expected kekerd publish [OPTION]... [TOKEN] [FILE]")]
    [TestCase("[parse] a c", "command line: 3 words belong to no option, expected kekerd publish [OPTION]... [TOKEN] [FILE]")]
    public void A_mistake_is_one_line_that_says_what_is_accepted(string line, string expected) =>
        Assert.That(Parse(line.Split(' ')).Mistakes, Is.EqualTo(new[] { expected }));

    [Test]
    public void A_secret_is_not_repeated()
    {
        var mistakes = new Mistakes();
        CommandWords words = CommandWords.Parse(CommandDefinitions.Publish, ["--key", "se cret"], mistakes);

        Assert.That(words.ValueOf(CommandDefinitions.Key, PublishKeys.Read, mistakes), Is.Null);
        Assert.That(mistakes.Lines, Is.EqualTo(new[] { "--key: expected 1 to 4096 visible ASCII characters without spaces" }));
    }

    private static (CommandWords Words, string[] Mistakes) Parse(params string[] arguments)
    {
        var mistakes = new Mistakes();
        return (CommandWords.Parse(CommandDefinitions.Publish, arguments, mistakes), [.. mistakes.Lines]);
    }
}
