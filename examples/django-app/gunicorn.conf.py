"""What belongs to the image. Address, workers, threads and timeouts come from PORT and GUNICORN_CMD_ARGS."""

# Nobody steers one task by a socket, and on a read-only root file system gunicorn could not make it.
control_socket_disable = True
