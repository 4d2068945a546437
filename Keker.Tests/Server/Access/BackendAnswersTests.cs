using Keker.Protocol.Tokens;
using Keker.Server.Access;
using Keker.Server.Observability;

namespace Keker.Tests.Server.Access;

/// <summary>What is kept of a backend's answers, and of tokens that were found good.</summary>
internal sealed class BackendAnswersTests
{
    [Test]
    public void What_strangers_say_makes_nobody_forgotten()
    {
        var answers = new BackendAnswers();
        answers.Add(1, Decision.Allow(GrantOf(0)), freshUntil: 100);

        for (int i = 2; i < 50_000; i++)
            answers.Add((UInt128)i, Decision.Refuse(RefusalReason.Backend), freshUntil: 100);

        Assert.That(answers.Find(1, now: 99)?.Grant, Is.Not.Null);
        Assert.That(answers.Find(49_999, now: 99)?.Reason, Is.EqualTo(RefusalReason.Backend));
        Assert.That(answers.Find(1, now: 100), Is.Null);
        Assert.That(answers.Find(49_999, now: 100), Is.Null);
    }

    [Test]
    public void What_is_asked_for_again_and_again_is_kept()
    {
        var answers = new BackendAnswers();
        answers.Add(1, Decision.Allow(GrantOf(0)), freshUntil: 100);

        for (int i = 2; i < 50_000; i++)
        {
            answers.Add((UInt128)i, Decision.Allow(GrantOf(0)), freshUntil: 100);
            Assert.That(answers.Find(1, now: 99), Is.Not.Null);
        }
        Assert.That(answers.Find(2, now: 99), Is.Null);
    }

    [Test]
    public void Large_answers_are_fewer()
    {
        var answers = new BackendAnswers();
        var tokens = new VerifiedTokens();
        Grant large = GrantOf(100);
        for (int i = 0; i < 4_000; i++)
        {
            answers.Add((UInt128)i, Decision.Allow(large), freshUntil: 100);
            tokens.Add((UInt128)i, TokenPurpose.Hello, large);
        }

        Assert.That(Enumerable.Range(0, 4_000).Count(i => answers.Find((UInt128)i, now: 99) is not null) * (long)large.HeldBytes, Is.InRange(16 << 20, 32 << 20));
        Assert.That(Enumerable.Range(0, 4_000).Count(i => tokens.Find((UInt128)i, TokenPurpose.Hello, now: 99) is not null) * (long)large.HeldBytes, Is.InRange(16 << 20, 32 << 20));
    }

    private static Grant GrantOf(int channels)
    {
        byte[][] names = [.. Enumerable.Range(0, channels).Select(_ => new byte[500])];
        return new Grant { Token = [1], EndsAt = Grant.Never, Channels = names, Topics = new NamePatterns([], names) };
    }
}
