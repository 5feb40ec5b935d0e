using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Taps;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

public sealed class WebSocketFramesTests
{
    private static readonly byte[] MaskedClose = [0x88, 0x82, 1, 2, 3, 4, 0x03 ^ 1, 0xE9 ^ 2]; // 1001, masked

    [Test]
    public void The_close_status_is_found_after_frames_of_any_length_in_chunks_of_any_size([Values(1, 2, 3, 7, 100_000)] int step)
    {
        byte[] all =
        [
            0x81, 0x02, 0x88, 0x88,                                     // a text frame whose payload looks like a close frame
            0x82, 0x7E, 0x01, 0x00, .. new byte[256],                   // 16 bits of length
            0x02, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 9, 9, 9, 9, .. new byte[65536], // 64 bits of length, masked, a fragment
            0x89, 0x00,                                                 // an empty ping
            .. MaskedClose,
        ];
        var frames = default(WebSocketFrames);
        for (var at = 0; at < all.Length; at += step)
        {
            frames.IsClosed.Should().BeFalse();
            frames.Read(all.AsSpan(at, Math.Min(step, all.Length - at)));
        }

        frames.IsClosed.Should().BeTrue();
        frames.CloseStatus.Should().Be(1001);
    }

    [Test]
    public void A_close_frame_may_have_no_status()
    {
        var frames = default(WebSocketFrames);
        frames.Read([0x88, 0x00]);
        (frames.IsClosed, frames.CloseStatus).Should().Be((true, 0));
    }
}
