namespace HoodyLogs.AspNetCore.Capture.Features;

/// <summary>
/// Marks a request that capture has already seen, whether it is captured or excluded. Error pages in front of capture send such a request through the
/// pipeline again, with the path and the endpoint of the page.
/// </summary>
internal interface ICaptureFeature
{
    static ICaptureFeature Excluded { get; } = new ExcludedMark();

    private sealed class ExcludedMark : ICaptureFeature;
}
