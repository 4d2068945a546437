using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Sessions;

internal sealed class GateTests
{
    private const int LongestStory = 12;

    /// <summary>Every story of up to 12 steps, told as bits: 1 = somebody tries to enter, 0 = the owner tries to leave.</summary>
    [Test]
    public void Every_short_story_ends_as_an_owner_and_a_note_would()
    {
        for (int length = 1; length <= LongestStory; length++)
        {
            for (int story = 0; story < 1 << length; story++)
                Tell(story, length);
        }
    }

    [Test]
    public void Many_notes_make_the_owner_look_again_once()
    {
        var gate = new Gate();
        Assert.That(gate.TryEnter(), Is.True);
        for (int i = 0; i < 3; i++)
            Assert.That(gate.TryEnter(), Is.False);
        Assert.That(gate.TryLeave(), Is.False, "somebody asked");
        Assert.That(gate.TryLeave(), Is.True, "nobody asked since");
        Assert.That(gate.TryEnter(), Is.True);
    }

    [Test]
    public void No_work_is_left_behind_and_two_threads_never_own_it()
    {
        const int Threads = 4;
        const int Each = 50_000;
        var gate = new Gate();
        int work = 0;
        int done = 0;
        int owners = 0;
        bool shared = false;

        void Worker()
        {
            for (int i = 0; i < Each; i++)
            {
                Interlocked.Increment(ref work);
                if (!gate.TryEnter())
                    continue;
                do
                {
                    shared |= Interlocked.Increment(ref owners) != 1;
                    done += Interlocked.Exchange(ref work, 0);
                    Interlocked.Decrement(ref owners);
                }
                while (!gate.TryLeave());
            }
        }

        TestThreads.Run([.. Enumerable.Repeat<Action>(Worker, Threads)]);
        Assert.That(shared, Is.False);
        Assert.That(work, Is.Zero, "published, and nobody looked");
        Assert.That(done, Is.EqualTo(Threads * Each));
    }

    private static void Tell(int story, int length)
    {
        var gate = new Gate();
        bool owned = false;
        bool note = false;
        for (int step = 0; step < length; step++)
        {
            bool enters = (story >> step & 1) != 0;
            if (enters)
            {
                Assert.That(gate.TryEnter(), Is.EqualTo(!owned), $"story {story:B}, step {step}");
                note |= owned;
                owned = true;
            }
            else if (owned)
            {
                Assert.That(gate.TryLeave(), Is.EqualTo(!note), $"story {story:B}, step {step}");
                owned = note;
                note = false;
            }
        }
    }
}
