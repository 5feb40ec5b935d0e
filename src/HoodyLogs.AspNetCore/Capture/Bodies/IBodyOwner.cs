using HoodyLogs.AspNetCore.Capture.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>The exchange that a captured body belongs to.</summary>
internal interface IBodyOwner
{
    HttpContext Context { get; }

    BodyPolicy BodyPolicy { get; }

    CaptureFailures Failures { get; }

    /// <summary>Decides whether a body is captured: <see cref="BodyState.Full"/> if it is, else the reason why not.</summary>
    BodyState DecideBody(bool isRequest);

    /// <summary>Creates the budget of a body that begins now.</summary>
    BodyBudget CreateBodyBudget();
}
