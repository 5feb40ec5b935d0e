namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// The feature by which a request is known that capture has seen already, as an <see cref="Exchange"/> or as left out: error pages outside of us send it
/// through the pipeline again, with the path and the endpoint of the page.
/// </summary>
internal interface ICaptureFeature
{
    static ICaptureFeature LeftOut { get; } = new LeftOutMark();

    private sealed class LeftOutMark : ICaptureFeature;
}
