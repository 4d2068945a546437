using System.Runtime.CompilerServices;
using System.Text;
using Keker.Server.Presence;

namespace Keker.Tests.Server.Presence;

internal sealed class UserAgentsTests
{
    private static readonly byte[][] Names = [.. Enumerable.Range(0, 8).Select(i => Encoding.ASCII.GetBytes($"agent {i}"))];

    [Test]
    public void The_same_text_is_kept_once()
    {
        var agents = new UserAgents();
        byte[]? first = agents.Find("Firefox"u8);
        Assert.That(first, Is.EqualTo("Firefox"u8.ToArray()));
        Assert.That(agents.Find("Firefox"u8), Is.SameAs(first));
        Assert.That(agents.Find("Chromium"u8), Is.Not.SameAs(first));
        Assert.That(agents.Find(default), Is.Null);
    }

    [Test]
    public void A_text_is_cut_between_characters_and_always_valid()
    {
        var agents = new UserAgents();
        Assert.That(agents.Find(Encoding.UTF8.GetBytes(new string('a', 255) + "é")), Has.Length.EqualTo(255));
        Assert.That(agents.Find(Encoding.UTF8.GetBytes(new string('a', 254) + "é" + "b")), Has.Length.EqualTo(256));
        Assert.That(Encoding.UTF8.GetString(agents.Find([0xE9, (byte)'x'])!), Is.EqualTo("éx"), "Latin-1, as old clients send it");
        Assert.That(agents.Find([.. Enumerable.Repeat((byte)0x80, 1000)])!.Length, Is.LessThanOrEqualTo(256));
    }

    [Test]
    public void Beyond_the_bound_nothing_is_kept_until_somebody_has_gone()
    {
        var agents = new UserAgents(most: 4);
        byte[]?[] held = Hold(agents, 4);
        Assert.That(agents.Find(Names[4]), Is.Null);
        Assert.That(agents.Find(Names[0]), Is.SameAs(held[0]), "what is there is found all the same");
        Array.Clear(held);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        // It does not look each time.
        byte[]? found = null;
        for (int i = 0; i < 8 && found is null; i++)
            found = agents.Find(Names[5]);
        Assert.That(found, Is.EqualTo(Names[5]));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte[]?[] Hold(UserAgents agents, int count) => [.. Names.Take(count).Select(name => agents.Find(name))];
}
