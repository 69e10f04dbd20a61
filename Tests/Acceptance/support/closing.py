"""What is open for as long as a `with` lasts."""


class Closing:
    def come_up(self):
        """Waits until it can be used."""

    def close(self):
        raise NotImplementedError

    def __enter__(self):
        try:
            self.come_up()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()
