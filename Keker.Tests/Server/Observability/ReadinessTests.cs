using System.Text;
using Keker.Server.Observability;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Observability;

internal sealed class ReadinessTests
{
    [Test]
    public void Traffic_is_wanted_while_there_is_memory_and_until_the_end_is_near()
    {
        var memory = new FakeMemory(limit: 1000);
        var guard = new MemoryGuard(new MonotonicClock(new FakeTimeProvider()), memory);
        var readiness = new Readiness(guard);
        Assert.That(readiness.Refusal.IsEmpty);

        memory.Heap = 750;
        guard.Check();
        Assert.That(Encoding.UTF8.GetString(readiness.Refusal), Is.EqualTo("short of memory"));

        memory.Heap = 100;
        guard.Check();
        Assert.That(readiness.Refusal.IsEmpty);

        readiness.BeginStop();
        Assert.That(Encoding.UTF8.GetString(readiness.Refusal), Is.EqualTo("stopping"));
    }
}
