namespace HoodyLogs.Configuration;

/// <summary>The last options that were valid. A reload that fails validation leaves them in force; reading never throws.</summary>
/// <typeparam name="T">The options; a snapshot is never written to.</typeparam>
internal interface ILastGoodOptions<out T>
{
    /// <summary>The snapshot in force.</summary>
    T Current { get; }

    /// <summary>Calls back after each valid reload, until disposed.</summary>
    IDisposable OnChange(Action<T> changed);
}
