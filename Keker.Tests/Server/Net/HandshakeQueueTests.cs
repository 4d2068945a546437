using Keker.Server.Net;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Net;

internal sealed class HandshakeQueueTests
{
    [Test]
    public async Task Beyond_the_bound_they_wait_and_come_in_turn()
    {
        var queue = new HandshakeQueue(2);
        Task[] places = [.. Enumerable.Range(0, 5).Select(_ => queue.EnterAsync())];
        Assert.That(places.Select(place => place.IsCompleted), Is.EqualTo(new[] { true, true, false, false, false }));
        Assert.That(queue.IsCrowded, Is.True);

        for (int i = 2; i < 5; i++)
        {
            queue.Leave();
            await places[i].Soon("a place");
            Assert.That(places.Count(place => place.IsCompleted), Is.EqualTo(i + 1));
        }

        Assert.That(queue.IsCrowded, Is.False);
    }

    [Test]
    public void A_place_that_nobody_waits_for_is_there_for_the_next()
    {
        var queue = new HandshakeQueue(1);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(queue.EnterAsync().IsCompleted, Is.True);
            queue.Leave();
        }
    }
}
