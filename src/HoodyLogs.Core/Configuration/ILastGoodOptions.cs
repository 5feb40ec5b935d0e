namespace HoodyLogs.Configuration;

/// <summary>Holds the last valid options. A reload that is not valid does not change them.</summary>
/// <typeparam name="T">The options. They are not changed after a reload; a reload makes new ones.</typeparam>
internal interface ILastGoodOptions<out T>
{
    /// <summary>Gets the options in force. Never throws.</summary>
    T Current { get; }

    /// <summary>Registers a callback for each valid reload. Dispose the result to end it.</summary>
    IDisposable OnChange(Action<T> changed);
}
