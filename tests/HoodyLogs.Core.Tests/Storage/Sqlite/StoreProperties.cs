using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>
/// Compares the store with the model over random sequences of appends, deletions, retention, maintenance, failed batches, restarts and reads. Segments are
/// small, so that reads cross their bounds often. A sequence is an array of numbers. Each number is the seed of one step, so that FsCheck can shrink it.
/// </summary>
public sealed class StoreProperties
{
    [Test]
    public void A_store_behaves_like_the_model()
    {
        var lives = Gen.Choose(0, int.MaxValue).ArrayOf().Resize(60);

        // The property is synchronous, because FsCheck needs the outcome before it tries a shorter sequence.
        Prop.ForAll(Arb.From(lives, Shorter), life => RandomStoreRun.RunAsync(life).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static IEnumerable<int[]> Shorter(int[] life)
    {
        for (var cut = life.Length / 2; cut > 0; cut /= 2)
        {
            for (var start = 0; start + cut <= life.Length; start += cut) yield return [.. life[..start], .. life[(start + cut)..]];
        }
    }
}
