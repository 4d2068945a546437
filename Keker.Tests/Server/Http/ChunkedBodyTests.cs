using Keker.Server.Http;
using Keker.Server.Net;

namespace Keker.Tests.Server.Http;

internal sealed class ChunkedBodyTests
{
    private const int Length = 1 << 20;
    private const int PieceLength = 2 << 10;

    [Test]
    public void It_is_not_copied_for_each_piece_while_memory_is_short()
    {
        var budget = new UnfinishedBudget(16 << 20);
        budget.Take(9 << 20);
        Assert.That(budget.IsTight, Is.True);
        var body = new ChunkedBody(new InputBuffers(budget));
        byte[] piece = new byte[PieceLength];

        long before = GC.GetAllocatedBytesForCurrentThread();
        while (body.Length < Length && body.TryReserve(PieceLength))
            body.Write(piece);

        Assert.That(body.Length, Is.EqualTo(Length));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(8L * Length), "growing by halves makes a few times as much");
    }
}
