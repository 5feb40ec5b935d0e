using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>
/// The store against the model, over random lives: appends, destruction, retention, maintenance, failed batches, restarts, and every kind of read in between, with
/// segments so small that their edges are met all the time. A life is an array of numbers, each the seed of one step, so that FsCheck can shorten it.
/// </summary>
public sealed class StoreProperties
{
    [Test]
    public void A_store_does_what_the_model_does()
    {
        var lives = Gen.Choose(0, int.MaxValue).ArrayOf().Resize(60);

        // The property is synchronous: FsCheck asks for its outcome before it tries a shorter life.
        Prop.ForAll(Arb.From(lives, Shorter), life => StoreLife.RunAsync(life).GetAwaiter().GetResult())
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
