using Keker.Server.Observability;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Observability;

internal sealed class MemoryGuardTests
{
    private const long MiB = 1 << 20;

    private FakeTimeProvider _time = null!;
    private FakeMemory _memory = null!;
    private MemoryGuard _guard = null!;
    private int _lettingGo;

    [SetUp]
    public void Start()
    {
        _time = new FakeTimeProvider();
        _memory = new FakeMemory(100 * MiB);
        _guard = new MemoryGuard(new MonotonicClock(_time), _memory);
        _lettingGo = 0;
    }

    [TestCase(69, 10, nameof(MemoryPressure.None))]
    [TestCase(70, 10, nameof(MemoryPressure.Soft))]
    [TestCase(85, 10, nameof(MemoryPressure.Hard))]
    [TestCase(10, 69, nameof(MemoryPressure.None))]
    [TestCase(10, 70, nameof(MemoryPressure.Soft))]
    [TestCase(10, 85, nameof(MemoryPressure.Hard))]
    public void The_heap_counts_and_so_does_all_that_is_resident(long heap, long resident, string pressure)
    {
        (_memory.Heap, _memory.Resident) = (heap * MiB, resident * MiB);

        _guard.Check();

        Assert.That($"{_guard.Pressure}", Is.EqualTo(pressure));
    }

    [Test]
    public void What_a_collection_frees_is_no_pressure([Values] bool inHeap)
    {
        (_memory.Heap, _memory.Resident) = (inHeap ? 90 * MiB : 5 * MiB, 90 * MiB);
        (_memory.HeapBytesAfter, _memory.ResidentBytesAfter) = (5 * MiB, 20 * MiB);

        _guard.Check();

        Assert.That(_guard.Pressure, Is.EqualTo(MemoryPressure.None));
        Assert.That(_memory.Collections, Has.Count.EqualTo(1));
    }

    [Test]
    public void Under_pressure_it_collects_every_5_seconds_at_most_and_stops_nobody_for_a_large_heap()
    {
        _memory.Heap = 90 * MiB;
        for (int i = 0; i < 11; i++)
        {
            _guard.Check();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(_memory.Collections, Is.EqualTo(new[] { false, false, false }));
    }

    [Test]
    public void What_a_burst_left_behind_goes_once_it_is_quiet()
    {
        (_memory.Heap, _memory.Allocated) = (12 * MiB, 50 * MiB);
        Beat(2);
        Assert.That(_memory.Collections, Is.Empty);

        Beat(1);

        Assert.That(_memory.Collections, Is.EqualTo(new[] { true }), "a small heap is compacted");
        Assert.That(_lettingGo, Is.EqualTo(1));
        Beat(100);
        Assert.That(_memory.Collections, Has.Count.EqualTo(1), "there is nothing more to gain");
    }

    [Test]
    public void While_messages_are_published_nothing_is_collected()
    {
        (_memory.Heap, _memory.Allocated) = (12 * MiB, 50 * MiB);
        for (int i = 0; i < 100; i++)
            _guard.CollectWhenQuiet(published: i / 2, () => _lettingGo++);

        Assert.That(_memory.Collections, Is.Empty);
    }

    [Test]
    public void A_large_heap_is_collected_beside_those_who_are_served_and_never_compacted()
    {
        (_memory.Heap, _memory.Allocated) = (250 * MiB, 300 * MiB);

        Beat(200);

        Assert.That(_memory.Collections, Is.EqualTo(new[] { false }));
    }

    [Test]
    public void A_heap_that_turns_out_to_be_small_is_compacted_next()
    {
        (_memory.Heap, _memory.Allocated, _memory.HeapBytesAfter) = (80 * MiB, 100 * MiB, 3 * MiB);

        Beat(200);

        Assert.That(_memory.Collections, Is.EqualTo(new[] { false, true }));
    }

    private void Beat(int times)
    {
        for (int i = 0; i < times; i++)
            _guard.CollectWhenQuiet(published: 7, () => _lettingGo++);
    }
}
